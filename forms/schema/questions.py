"""The schemas of questions; each type knows only the keys that mean something to it."""

import dataclasses
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from forms.definition import Kind, Question, SpecialCategory
from forms.errors import Code
from forms.names import MAX_NAME, MISSING_KIND, NAME
from forms.schema.fields import ConditionField, EnumField, ScalarField, StrictSchema, Truth, Value, Word, told
from forms.schema.lists import Names, NamesOrAll, One
from forms.schema.maps import Readers, Texts
from forms.schema.parts import MAX_MISSING_KINDS, AttributesSchema, BodylessAttributesSchema, MediaSchema
from forms.schema.problems import Problem

MAX_TRIGGERS = 100

# An attribute for which the language has a key: with both, nobody could say which one holds.
KEY_OF_ATTRIBUTE = {
    "bind": {
        "relevant": "relevant",
        "required": "required",
        "jr:requiredMsg": "required_message",
        "readonly": "read_only",
        "constraint": "constraint",
        "jr:constraintMsg": "constraint_message",
        "jr:noAppErrorString": "no_app_message",
        "calculate": "calculation",
        "entities:saveto": "save_to",
    },
    "body": {"appearance": "appearance", "jr:count": "count"},
}


class ItemSchema(StrictSchema):
    """What every question, group and repeat has."""

    type = Value(
        required=True,
        **told("The type: what is asked for, or what is recorded. See the list of types.", "text"),
    )
    name = Word(
        required=True,
        pattern=NAME,
        limit=MAX_NAME,
        **told(
            "What the answer is called in expressions and in the data. It begins with a letter or an underscore and is "
            "unique among its neighbours; after publishing it should stay the same. A question of type `audit` must be "
            "called `audit`.",
            "household_size",
        ),
    )
    label = Texts(
        **told(
            "The text that is shown or read out, by language. `${name}` in it stands for another answer. Where nothing "
            "is shown, it says what the value means.",
            {"de": "Wie viele Personen leben hier?", "bg": "Колко души живеят тук?"},
        )
    )
    hint = Texts(
        **told(
            "A remark under the label, by language.",
            {"de": "Auch Kinder zählen.", "bg": "Децата също се броят."},
        )
    )
    relevant = Word(
        **told(
            "An expression. What it belongs to is asked only while it is true; answers to what is not asked are left "
            "out of the record.",
            "${consent} = 'yes'",
        )
    )
    reviewed = Readers(
        **told(
            "Who has read the texts over, by language. A language that is not named here is a draft.",
            {"bg": "M. Georgieva"},
        )
    )

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _no_attribute_has_a_key(self, _: object, original: dict[str, Any], **__: object) -> None:
        given = original.get("attributes")
        errors: dict[str, object] = {}
        for element, keys in KEY_OF_ATTRIBUTE.items():
            attributes = given.get(element) if isinstance(given, dict) else None
            found = {
                attribute: [Problem(Code.ATTRIBUTE_HAS_KEY, {"attribute": attribute, "key": keys[attribute]})]
                for attribute in (attributes if isinstance(attributes, dict) else ())
                if keys.get(attribute) in self.fields
            }
            if found:
                errors[element] = found
        if errors:
            raise ValidationError({"attributes": errors})

    def json_rules(self) -> dict[str, Any]:
        """No attribute that has a key."""
        elements = {}
        for element, keys in KEY_OF_ATTRIBUTE.items():
            taken = sorted(attribute for attribute, key in keys.items() if key in self.fields)
            if taken:
                elements[element] = {"propertyNames": {"not": {"enum": taken}}}
        return {**super().json_rules(), "properties": {"attributes": {"properties": elements}}}


class Shown:
    """The keys of what is shown, beside those of its schema."""

    media = One(
        MediaSchema(),
        **told(
            "Pictures and recordings that go with the label. See [Media](#media).",
            {"image": {"de": "haus.png", "bg": "haus.png"}},
        ),
    )
    appearance = Word(
        **told(
            "How it is shown, in the words of XLSForm, several separated by blanks: `minimal`, `likert`, `multiline`, "
            "`signature`, `month-year` and so on; on a group, `field-list` shows all of it on one screen.",
            "minimal",
        )
    )
    attributes = One(
        AttributesSchema(),
        **told(
            "Further XML attributes of the XForm, for what the language has no key for. See [Attributes](#attributes).",
            {"body": {"autoplay": "audio"}},
        ),
    )


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
        pattern=NAME,
        limit=MAX_NAME,
        **told("The property of the form's entity that takes the answer. See [Entities](#entities).", "street"),
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
            "Further XML attributes of the XForm, for what the language has no key for. See [Attributes](#attributes).",
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
        **told(
            "Which kinds of missing answer are offered: `true` for all that the form declares, or a list of their "
            "names. See [Missing answers](#missing-answers).",
            ["dont_know", "refused"],
        ),
    )
