"""The schemas of questions, groups and repeats; each type knows only the keys that mean something to it."""

from typing import Any

from marshmallow import ValidationError, post_load

from forms.definition import Group, Item, Kind, Question, Repeat, SpecialCategory
from forms.errors import Code
from forms.names import MAX_NAME, NAME
from forms.schema.fields import (
    ConditionField,
    CountField,
    EnumField,
    Parameters,
    ScalarField,
    StrictSchema,
    Texts,
    Truth,
    Value,
    Word,
    legal_text,
)
from forms.schema.problems import Problem, invalid, unknown_word

PARAMETERS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("rows",),
    Kind.RANGE: ("start", "end", "step", "tick_interval", "tick_labelset", "placeholder"),
    Kind.SELECT_ONE: ("randomize", "seed"),
    Kind.SELECT_MULTIPLE: ("randomize", "seed"),
    Kind.RANK: ("randomize", "seed"),
    Kind.GEOPOINT: ("allow-mock-accuracy", "capture-accuracy", "warning-accuracy"),
    Kind.IMAGE: ("max-pixels", "app"),
    Kind.AUDIO: ("quality",),
}
"""The names of the parameters of each kind, as in XLSForm; a kind that is not here has none."""


class _ItemSchema(StrictSchema):
    type = Value(required=True)
    name = Word(required=True, pattern=NAME, limit=MAX_NAME)


class MetadataSchema(_ItemSchema):
    """start, end, today, deviceid, username: recorded without asking."""

    type = EnumField(Kind, required=True, attribute="kind")
    personal = Truth()

    @post_load
    def _question(self, data: dict[str, Any], **_: object) -> Question:
        return Question(**data)


class HiddenSchema(MetadataSchema):
    """hidden: a value that is carried along."""

    relevant = Word()
    default = ScalarField()
    calculation = Word()
    special_category = EnumField(SpecialCategory)


class CalculateSchema(HiddenSchema):
    """calculate: a value worked out from others."""

    calculation = Word(required=True)


class NoteSchema(MetadataSchema):
    """note: a text that is read out, without an answer."""

    label = Texts(required=True)
    hint = Texts()
    guidance = Texts()
    relevant = Word()
    appearance = Word()


class AskedSchema(NoteSchema):
    """A question with an answer."""

    required = ConditionField()
    required_message = Texts()
    read_only = ConditionField()
    constraint = Word()
    constraint_message = Texts()
    calculation = Word()
    default = ScalarField()
    special_category = EnumField(SpecialCategory)


class SelectSchema(AskedSchema):
    """A question with a list of choices."""

    choices = Word(required=True, pattern=NAME, limit=MAX_NAME)
    choice_filter = Word()


class SelectOrOtherSchema(SelectSchema):
    """A question with a list of choices and, if wanted, an open one."""

    or_other = Truth()


def _with_parameters(schema: type[MetadataSchema], kind: Kind) -> MetadataSchema:
    known = PARAMETERS.get(kind)
    if known is None:
        return schema()
    extended: type[MetadataSchema] = type(schema.__name__, (schema,), {"parameters": Parameters(known)})
    return extended()


def _schema_class(kind: Kind) -> type[MetadataSchema]:
    match kind:
        case Kind.START | Kind.END | Kind.TODAY | Kind.DEVICEID | Kind.USERNAME:
            return MetadataSchema
        case Kind.HIDDEN:
            return HiddenSchema
        case Kind.CALCULATE:
            return CalculateSchema
        case Kind.NOTE:
            return NoteSchema
        case Kind.SELECT_ONE | Kind.SELECT_MULTIPLE:
            return SelectOrOtherSchema
        case Kind.RANK:
            return SelectSchema
        case _:
            return AskedSchema


class Items(Value):
    """The list of questions, groups and repeats of a form, a group or a repeat."""

    def _deserialize(self, value: object, *_: object, **__: object) -> tuple[Item, ...]:
        if not isinstance(value, list):
            raise invalid(Code.EXPECTED_LIST)
        items: list[Item] = []
        errors: dict[int, object] = {}
        for position, document in enumerate(value):
            try:
                items.append(_load_item(document))
            except ValidationError as error:
                errors[position] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(items)

    def _serialize(self, value: tuple[Item, ...] | None, *_: object, **__: object) -> list[object]:
        return [_schema_of(item).dump(item) for item in value or ()]


class _ContainerSchema(_ItemSchema):
    label = Texts()
    relevant = Word()
    read_only = ConditionField()
    appearance = Word()


class GroupSchema(_ContainerSchema):
    """group: questions that belong together."""

    type = Value(required=True, dump_default="group")
    questions = Items(required=True)

    @post_load
    def _group(self, data: dict[str, Any], **_: object) -> Group:
        return Group(**{key: value for key, value in data.items() if key != "type"})


class RepeatSchema(_ContainerSchema):
    """repeat: questions that are asked several times."""

    type = Value(required=True, dump_default="repeat")
    count = CountField()
    questions = Items(required=True)

    @post_load
    def _repeat(self, data: dict[str, Any], **_: object) -> Repeat:
        return Repeat(**{key: value for key, value in data.items() if key != "type"})


SCHEMAS: dict[str, StrictSchema] = {
    **{kind.value: _with_parameters(_schema_class(kind), kind) for kind in Kind},
    "group": GroupSchema(),
    "repeat": RepeatSchema(),
}
"""The schema of each type, by its word in the JSON."""


def _schema_of(item: Item) -> StrictSchema:
    if isinstance(item, Question):
        return SCHEMAS[item.kind.value]
    return SCHEMAS["group" if isinstance(item, Group) else "repeat"]


def _load_item(document: object) -> Item:
    if not isinstance(document, dict):
        raise invalid(Code.EXPECTED_OBJECT)
    if "type" not in document:
        raise ValidationError({"type": [Problem(Code.MISSING_KEY)]})
    try:
        word = legal_text(document["type"], MAX_NAME)
    except ValidationError as error:
        raise ValidationError({"type": error.messages}) from error
    schema = SCHEMAS.get(word)
    if schema is None:
        problem = unknown_word(Code.UNKNOWN_TYPE, Code.UNKNOWN_TYPE_NEAR, "type", word, tuple(SCHEMAS))
        raise ValidationError({"type": [problem]})
    item: Item = schema.load(document)
    return item
