"""The schemas of questions; each type knows only the keys that mean something to it."""

import dataclasses
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from forms.definition import Kind, Question, SpecialCategory
from forms.errors import Code
from forms.names import MAX_NAME, MISSING_KIND, PROPERTY
from forms.schema.common import ItemSchema, Shown
from forms.schema.fields import ConditionField, EnumField, ScalarField, Truth, Word, told
from forms.schema.lists import Names, NamesOrAll, One
from forms.schema.maps import Texts
from forms.schema.parts import MAX_MISSING_KINDS, BodylessAttributesSchema
from forms.schema.problems import Problem

MAX_TRIGGERS = 100


class MetadataSchema(ItemSchema):
    """Recorded without asking."""

    order = ("type", *(each.name for each in dataclasses.fields(Question)))
    type = EnumField(
        Kind,
        required=True,
        attribute="kind",
        **told("The type: what is asked for, or what is recorded. See the list of types.", "text"),
    )
    save_to = Word(
        pattern=PROPERTY,
        limit=MAX_NAME,
        **told(
            "The property of the form's entity that takes the answer; where there are several entities, with the "
            "dataset before it, as in `houses#street`. See [Entities](#entities).",
            "street",
        ),
    )
    personal = Truth(
        **told(
            "`true` where the answer can point to a person: a name, a number, a place to live. Such a question needs "
            "one with `consent` before it.",
            True,
        )
    )
    attributes = One(
        BodylessAttributesSchema(),
        **told(
            "Further XML attributes of the XForm, for what the language has no key for; without `body`, as nothing is "
            "shown. See [Attributes](#attributes).",
            {"bind": {"odk:length": "8"}},
        ),
    )

    @post_load
    def _question(self, data: dict[str, Any], **_: object) -> Question:
        return Question(**data)


def _special_category() -> EnumField:
    """The field for the category of Art. 9."""
    return EnumField(
        SpecialCategory,
        **told(
            "The special category of personal data (Art. 9 DSGVO) that the answer belongs to: "
            + ", ".join(f"`{each.value}`" for each in SpecialCategory)
            + ". Such a question needs one with `consent` before it.",
            "health",
        ),
    )


class BackgroundAudioSchema(MetadataSchema):
    """A recording that runs while the form is open."""

    special_category = _special_category()


def _trigger(*, required: bool = False) -> Names:
    """The field for the names of the questions that set something off."""
    return Names(
        required=required,
        most=MAX_TRIGGERS,
        **told(
            "The names of questions. Whenever one of them gets another answer, the calculation runs once; otherwise it "
            "runs whenever anything in it changes. `background_geopoint` records the place then.",
            ["consent"],
        ),
    )


class BackgroundGeopointSchema(MetadataSchema):
    """A place that is recorded whenever another answer changes."""

    trigger = _trigger(required=True)


class ValueSchema(MetadataSchema):
    """What has a value, and rules for it."""

    guidance = Texts(
        **told(
            "Advice to the interviewer, by language: shown on request, not read out.",
            {"de": "Nachfragen, falls gezögert wird.", "bg": "Попитайте отново при колебание."},
        )
    )
    required = ConditionField(
        **told("`true`, `false`, or an expression: whether one can go on without an answer.", "${consent} = 'yes'")
    )
    required_message = Texts(
        **told(
            "What is said where a required answer is missing.", {"de": "Bitte antworten.", "bg": "Моля, отговорете."}
        )
    )
    read_only = ConditionField(**told("`true`, `false`, or an expression: shown, but not to be changed.", True))
    constraint = Word(
        **told("An expression that an answer must fulfil; `.` stands for the answer.", ". >= 0 and . <= 110")
    )
    constraint_message = Texts(
        **told(
            "What is said where the constraint is not fulfilled.",
            {"de": "Zwischen 0 und 110.", "bg": "Между 0 и 110."},
        )
    )
    calculation = Word(
        **told(
            "An expression whose value becomes the answer. It may look into files: `pulldata('prices', 'rent', 'code', "
            "${place})`.",
            "${adults} + ${children}",
        )
    )
    default = ScalarField(
        **told(
            "The answer before anybody gave one: a text, a number, or an expression such as `today()` or "
            "`${last-saved#place}`, the answer in the record saved before.",
            "today()",
        )
    )
    trigger = _trigger()
    special_category = _special_category()


class CalculateSchema(ValueSchema):
    """A value worked out from others, at least once, by its default."""

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _is_worked_out(self, _: object, original: dict[str, Any], **__: object) -> None:
        if "calculation" not in original and "default" not in original:
            raise ValidationError({"calculation": [Problem(Code.MISSING_KEY)]})

    def json_rules(self) -> dict[str, Any]:
        """One of the two."""
        return {**super().json_rules(), "anyOf": [{"required": ["calculation"]}, {"required": ["default"]}]}


class NoteSchema(Shown, ValueSchema):
    """A text that is shown, with or without a value."""

    no_app_message = Texts(
        **told(
            "What is said where the app that `appearance` or an attribute `intent` calls is not on the tablet.",
            {"de": "Die App fehlt.", "bg": "Приложението липсва."},
        )
    )


class AskedSchema(NoteSchema):
    """A question with an answer."""

    missing = NamesOrAll(
        most=MAX_MISSING_KINDS,
        pattern=MISSING_KIND,
        code=Code.BAD_MISSING_KIND,
        **told(
            "Which kinds of missing answer are offered: `true` for all that the form declares, or a list of their "
            "names. See [Missing answers](#missing-answers).",
            ["dont_know", "refused"],
        ),
    )
