"""The schemas of questions; each type knows only the keys that mean something to it."""

import dataclasses
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from forms.definition import Kind, Question, SpecialCategory
from forms.errors import Code
from forms.names import CHOICES_FILE, LIST_NAME, MAX_NAME, MISSING_KIND, NAME
from forms.schema.fields import ConditionField, EnumField, ScalarField, StrictSchema, Truth, Value, Word
from forms.schema.lists import Names, NamesOrAll, One
from forms.schema.maps import Readers, Texts
from forms.schema.parameters import ONLY_WITH_FILE, PARAMETERS, Parameters
from forms.schema.parts import MAX_MISSING_KINDS, AttributesSchema, BodylessAttributesSchema, MediaSchema
from forms.schema.problems import Problem, unknown_word

MAX_TRIGGERS = 100
SOURCES = ("choices", "choices_file", "choices_from", "choices_external")
"""Where the choices of a select come from: exactly one of these keys."""

# An attribute for which the language has a key: with both, nobody could say which one holds.
_KEY_OF_BIND = {
    "relevant": "relevant",
    "required": "required",
    "jr:requiredMsg": "required_message",
    "readonly": "read_only",
    "constraint": "constraint",
    "jr:constraintMsg": "constraint_message",
    "jr:noAppErrorString": "no_app_message",
    "calculate": "calculation",
    "entities:saveto": "save_to",
}
_KEY_OF_BODY = {"appearance": "appearance", "jr:count": "count"}


class ItemSchema(StrictSchema):
    """What every question, group and repeat has."""

    type = Value(required=True)
    name = Word(required=True, pattern=NAME, limit=MAX_NAME)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _no_attribute_has_a_key(self, _: object, original: dict[str, Any], **__: object) -> None:
        given = original.get("attributes")
        errors: dict[str, object] = {}
        for element, keys in (("bind", _KEY_OF_BIND), ("body", _KEY_OF_BODY)):
            attributes = given.get(element) if isinstance(given, dict) else None
            for attribute in attributes if isinstance(attributes, dict) else ():
                key = keys.get(attribute)
                if key in self.fields:
                    problem = Problem(Code.ATTRIBUTE_HAS_KEY, {"attribute": attribute, "key": key})
                    errors[element] = {attribute: [problem]}
        if errors:
            raise ValidationError({"attributes": errors})


class MetadataSchema(ItemSchema):
    """start, end, today, deviceid, username, email, phonenumber, start_geopoint: recorded without asking."""

    order = ("type", *(each.name for each in dataclasses.fields(Question)))
    type = EnumField(Kind, required=True, attribute="kind")
    label = Texts()
    hint = Texts()
    relevant = Word()
    save_to = Word(pattern=NAME, limit=MAX_NAME)
    personal = Truth()
    reviewed = Readers()
    attributes = One(BodylessAttributesSchema())

    @post_load
    def _question(self, data: dict[str, Any], **_: object) -> Question:
        return Question(**data)


class BackgroundAudioSchema(MetadataSchema):
    """background_audio: a recording that runs while the form is open."""

    special_category = EnumField(SpecialCategory)


class BackgroundGeopointSchema(MetadataSchema):
    """background_geopoint: a place that is recorded whenever another answer changes."""

    trigger = Names(required=True, most=MAX_TRIGGERS)


class ValueSchema(MetadataSchema):
    """What has a value and rules for it."""

    guidance = Texts()
    required = ConditionField()
    required_message = Texts()
    read_only = ConditionField()
    constraint = Word()
    constraint_message = Texts()
    calculation = Word()
    default = ScalarField()
    trigger = Names(most=MAX_TRIGGERS)
    special_category = EnumField(SpecialCategory)


class CalculateSchema(ValueSchema):
    """calculate: a value worked out from others, at least once, by its default."""

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _is_worked_out(self, _: object, original: dict[str, Any], **__: object) -> None:
        if "calculation" not in original and "default" not in original:
            raise ValidationError({"calculation": [Problem(Code.MISSING_KEY)]})


class NoteSchema(ValueSchema):
    """note: a text that is shown, with or without a value."""

    media = One(MediaSchema())
    no_app_message = Texts()
    appearance = Word()
    attributes = One(AttributesSchema())


class AskedSchema(NoteSchema):
    """A question with an answer."""

    missing = NamesOrAll(most=MAX_MISSING_KINDS, pattern=MISSING_KIND)


class OsmSchema(AskedSchema):
    """osm: a place in OpenStreetMap, with what is known of it there."""

    tags = Word(pattern=LIST_NAME, code=Code.BAD_LIST_NAME, limit=MAX_NAME)


class SelectSchema(AskedSchema):
    """select_multiple: a question with choices of which several hold."""

    choices = Word(pattern=LIST_NAME, code=Code.BAD_LIST_NAME, limit=MAX_NAME)
    choices_file = Word(pattern=CHOICES_FILE, code=Code.BAD_CHOICES_FILE, limit=MAX_NAME)
    choice_filter = Word()
    or_other = Truth()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _choices_come_from_one_place(self, _: object, original: dict[str, Any], **__: object) -> None:
        given = [key for key in SOURCES if key in original and key in self.fields]
        if not given:
            raise ValidationError({"choices": [Problem(Code.MISSING_KEY)]})
        if len(given) > 1:
            problem = Problem(Code.SECOND_CHOICES, {"key": given[1], "other": given[0]})
            raise ValidationError({given[1]: [problem]})

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _columns_are_those_of_a_file(self, _: object, original: dict[str, Any], **__: object) -> None:
        given = original.get("parameters")
        if "choices_file" in original or not isinstance(given, dict) or original["type"] == Kind.RANK:
            return
        known = tuple(name for name in PARAMETERS[Kind.SELECT_ONE] if name not in ONLY_WITH_FILE)
        errors = {
            name: [unknown_word(Code.UNKNOWN_KEY, Code.UNKNOWN_KEY_NEAR, "key", name, known)]
            for name in sorted(ONLY_WITH_FILE & given.keys())
        }
        if errors:
            raise ValidationError({"parameters": errors})


class RankSchema(SelectSchema):
    """rank: choices that are brought into an order."""

    choices_from = Word(pattern=NAME, limit=MAX_NAME)


class SelectOneSchema(RankSchema):
    """select_one: a question with choices of which one holds."""

    choices_external = Word(pattern=LIST_NAME, code=Code.BAD_LIST_NAME, limit=MAX_NAME)
    consent = Truth()


def question_schema(kind: Kind) -> MetadataSchema:
    """The schema of questions of that kind, with its parameters."""
    schema = _schema_class(kind)
    known = PARAMETERS.get(kind)
    if known is None:
        return schema()
    extended: type[MetadataSchema] = type(schema.__name__, (schema,), {"parameters": Parameters(known)})
    return extended()


def _schema_class(kind: Kind) -> type[MetadataSchema]:
    match kind:
        case Kind.START | Kind.END | Kind.TODAY | Kind.DEVICEID | Kind.USERNAME | Kind.EMAIL | Kind.PHONENUMBER:
            return MetadataSchema
        case Kind.AUDIT | Kind.START_GEOPOINT:
            return MetadataSchema
        case Kind.BACKGROUND_GEOPOINT:
            return BackgroundGeopointSchema
        case Kind.BACKGROUND_AUDIO:
            return BackgroundAudioSchema
        case Kind.HIDDEN:
            return ValueSchema
        case Kind.CALCULATE:
            return CalculateSchema
        case Kind.NOTE:
            return NoteSchema
        case Kind.OSM:
            return OsmSchema
        case Kind.SELECT_ONE:
            return SelectOneSchema
        case Kind.SELECT_MULTIPLE:
            return SelectSchema
        case Kind.RANK:
            return RankSchema
        case _:
            return AskedSchema
