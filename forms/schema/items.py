"""The schemas of groups and repeats, and of the lists of items that they hold."""

from typing import Any

from marshmallow import ValidationError, post_load

from forms.definition import Group, Item, Kind, Question, Repeat
from forms.errors import Code
from forms.names import MAX_NAME
from forms.schema.common import ItemSchema, Shown
from forms.schema.fields import ConditionField, CountField, StrictSchema, Value, legal_text, told
from forms.schema.lists import bounded
from forms.schema.parameters import PARAMETERS, Parameters
from forms.schema.problems import Problem, invalid, unknown_word
from forms.schema.questions import MetadataSchema
from forms.schema.types import TYPES

MAX_QUESTIONS = 10_000
"""How many questions, groups and repeats a form holds."""


class Items(Value):
    """The list of questions, groups and repeats of a form, a group or a repeat."""

    def _deserialize(self, value: object, *_: object, **__: object) -> tuple[Item, ...]:
        items: list[Item] = []
        errors: dict[int, object] = {}
        # An empty list is told by the checks.
        for position, document in enumerate(bounded(value, MAX_QUESTIONS, filled=False)):
            try:
                items.append(_load_item(document))
            except ValidationError as error:
                errors[position] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(items)

    def _serialize(self, value: tuple[Item, ...] | None, *_: object, **__: object) -> list[object]:
        return [_schema_of(item).dump(item) for item in value or ()]


class GroupSchema(Shown, ItemSchema):
    """Questions that belong together."""

    order = ("type", "name", "label", "media", "hint", "relevant", "read_only", "appearance", "count", "reviewed")
    type = Value(required=True, dump_default="group", **told("The type: `group` or `repeat`.", "group"))
    read_only = ConditionField(
        **told("`true`, `false`, or an expression: all in it is shown, but not to be changed.", True)
    )
    questions = Items(
        required=True,
        **told(
            "The questions, groups and repeats in it, in order.",
            [{"type": "text", "name": "street", "label": {"de": "Straße", "bg": "Улица"}}],
        ),
    )

    @post_load
    def _container(self, data: dict[str, Any], **_: object) -> Group | Repeat:
        return self.made({key: value for key, value in data.items() if key != "type"})

    def made(self, values: dict[str, Any]) -> Group | Repeat:
        """The group or repeat of these values."""
        return Group(**values)


class RepeatSchema(GroupSchema):
    """Questions that are asked several times."""

    type = Value(required=True, dump_default="repeat", **told("The type: `group` or `repeat`.", "repeat"))
    count = CountField(
        **told(
            "How often it is asked: a whole number, or an expression. Without it, the interviewer adds rounds.",
            "${household_size}",
        )
    )

    def made(self, values: dict[str, Any]) -> Group | Repeat:
        """The repeat of these values."""
        return Repeat(**values)


def _question_schema(kind: Kind) -> MetadataSchema:
    schema = TYPES[kind].schema
    known = PARAMETERS.get(kind)
    if known is None:
        return schema()
    name, first = next(iter(known.items()))
    field = Parameters(known, **told("Settings of the type, as in XLSForm. See the type.", {name: first.example}))
    extended: type[MetadataSchema] = type(schema.__name__, (schema,), {"parameters": field})
    return extended()


SCHEMAS: dict[str, StrictSchema] = {
    **{kind.value: _question_schema(kind) for kind in Kind},
    "group": GroupSchema(),
    "repeat": RepeatSchema(),
}
"""The schema of each type, by its word in the JSON."""


def keys_of(type_: str) -> tuple[str, ...]:
    """The keys that a type knows, by its word in the JSON, in the order in which they are written."""
    return SCHEMAS[type_].keys


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
