"""The form's language as JSON Schema (2020-12), made from the marshmallow schemas.

It tells what one value may be, and which keys go together. What spans the document is ours to tell: names given twice,
references, codes of missing answers, depth. A form that fails it is refused by us as well; the other way round it may
pass and still be refused.
"""

import re
from functools import cache
from typing import Any

from marshmallow import fields

from forms.names import ILLEGAL, MAX_NAME, NAME
from forms.schema.fields import (
    MAX_EXACT,
    MAX_MISSING_CODE,
    YES_NO,
    ConditionField,
    CountField,
    EnumField,
    MissingCode,
    OneOf,
    ScalarField,
    StrictSchema,
    Truth,
    Word,
)
from forms.schema.form import FORMAT_VERSION, FormatVersion, FormSchema, InstanceId
from forms.schema.items import MAX_QUESTIONS, SCHEMAS, Items
from forms.schema.lists import Names, NamesOrAll, One, Several
from forms.schema.maps import Mapped
from forms.schema.parameters import SEPARATOR, SPELLED, Parameter, Parameters

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_Json = dict[str, Any]
_NUMBER: _Json = {"type": "number", "minimum": -MAX_EXACT, "maximum": MAX_EXACT}
_WHOLE: _Json = {"type": "integer", "minimum": 0, "maximum": MAX_EXACT}
_AS_JSON_SPELLS = "^(?:0|-?[1-9][0-9]{0,6}|-?(?:0|[1-9][0-9]{0,6})\\.[0-9]{0,5}[1-9])$"
"""Numbers of a few digits as canonical JSON spells them."""
_WIDE = re.compile(r"\\U([0-9a-f]{8})")


@cache
def json_schema() -> _Json:
    """The JSON Schema of a form. What it returns is shared: it must not be changed."""
    return _Writer().document()


def pattern_of(pattern: re.Pattern[str]) -> str:
    """A pattern that must match the whole, as ECMA-262 with its flag u writes it."""
    return f"^(?:{_ecma(pattern)})$"


def _ecma(pattern: re.Pattern[str]) -> str:
    # ECMA-262 has no escape of eight digits; the character itself means the same in both.
    return _WIDE.sub(lambda found: chr(int(found.group(1), 16)), pattern.pattern)


class _Writer:
    def __init__(self) -> None:
        self.parts: dict[str, _Json] = {
            "text": {
                "type": "string",
                "minLength": 1,
                "maxLength": Word().limit,
                "pattern": "\\S",
                "not": {"pattern": _illegal()},
            },
            "name": _text(MAX_NAME, NAME),
        }

    def document(self) -> _Json:
        form = self.of_schema(FormSchema())
        return {
            "$schema": DIALECT,
            "title": "Feldbuch form",
            "description": f"A form in version {FORMAT_VERSION} of the form language of Feldbuch.",
            **form,
            "$defs": dict(sorted(self.parts.items())),
        }

    def of_schema(self, schema: StrictSchema, word: str | None = None) -> _Json:
        """An object. `word` is what its key `type` must say."""
        properties: _Json = {}
        for key in schema.keys:
            field = next(each for name, each in schema.fields.items() if (each.data_key or name) == key)
            if word is not None and key == "type":
                properties[key] = {"const": word}
                continue
            value = {**self.of_field(field), **_told(field)}
            # Most keys mean the same in all types of questions: they are written once.
            shared = value if word is None else self.parts.setdefault(f"key_{key}", value)
            properties[key] = _reference(f"key_{key}") if word is not None and shared == value else value
        found: _Json = {
            "type": "object",
            "properties": properties,
            "required": [key for key in schema.keys if schema.fields[key].required],
            "additionalProperties": False,
        }
        rules = schema.json_rules()
        return {**found, "allOf": [rules]} if rules else found

    def part(self, name: str, schema: StrictSchema) -> _Json:
        """A reference to the definition of that schema, which is made once."""
        if name not in self.parts:
            self.parts[name] = {}
            self.parts[name] = self.of_schema(schema)
        return _reference(name)

    def of_field(self, field: object) -> _Json:
        """What a value of the field may be."""
        match field:
            case FormatVersion():
                return {"const": FORMAT_VERSION}
            case Word():
                return _reference("name") if field.pattern is NAME else _text(field.limit, field.pattern)
            case Truth():
                return {"type": "boolean"}
            case OneOf():
                return {"enum": list(field.known)}
            case EnumField():
                return {"enum": [word.value for word in field.words]}
            case MissingCode():
                return {
                    "type": "integer",
                    "minimum": -MAX_MISSING_CODE,
                    "maximum": MAX_MISSING_CODE,
                    "not": {"const": 0},
                }
            case ConditionField():
                return {"anyOf": [{"type": "boolean"}, {**_text(), "not": {"pattern": pattern_of(YES_NO)}}]}
            case CountField():
                return {"anyOf": [_WHOLE, _text()]}
            case ScalarField():
                return {"anyOf": [_text(), _NUMBER]}
            case InstanceId():
                return {"anyOf": [{"const": False}, _text(MAX_NAME)]}
            case _:
                return self.of_several(field)

    def of_several(self, field: object) -> _Json:
        """The same for fields that hold others."""
        match field:
            case NamesOrAll():
                return {"anyOf": [{"type": "boolean"}, self.names(field)]}
            case Names():
                return self.names(field)
            case One():
                return {**self.part(_name(field.schema), field.schema), "minProperties": 1}
            case Several():
                items = self.part(_name(field.schema), field.schema)
                return {"type": "array", "items": items, "minItems": int(field.filled), "maxItems": field.most}
            case Items():
                return {"type": "array", "items": self.item(), "maxItems": MAX_QUESTIONS}
            case Mapped():
                return self.shared(_name(field), field)
            case Parameters():
                properties = {name: _parameter(each) for name, each in field.known.items()}
                return {"type": "object", "properties": properties, "minProperties": 1, "additionalProperties": False}
            case _:
                raise TypeError(f"no JSON Schema is known for {field!r}")

    def shared(self, name: str, field: Mapped) -> _Json:
        """A reference to the definition of that map, which is made once."""
        if name not in self.parts:
            self.parts[name] = self.of_map(field)
        return _reference(name)

    def names(self, field: Names) -> _Json:
        word = self.of_field(field.word)
        return {"type": "array", "items": word, "minItems": 1, "maxItems": field.most, "uniqueItems": True}

    def of_map(self, field: Mapped) -> _Json:
        names: _Json = {"maxLength": MAX_NAME, "pattern": pattern_of(field.pattern)}
        kept: list[_Json] = [{"enum": sorted(field.kept)}] if field.kept else []
        kept += [{"pattern": f"^{field.kept_prefix}"}] if field.kept_prefix else []
        return {
            "type": "object",
            "propertyNames": {**names, "not": {"anyOf": kept}} if kept else names,
            "additionalProperties": self.of_field(field.each),
            "minProperties": 1,
            "maxProperties": field.most,
        }

    def item(self) -> _Json:
        """A question, group or repeat: by its type, one of the definitions."""
        if "item" not in self.parts:
            self.parts["item"] = {}
            for word, schema in SCHEMAS.items():
                self.parts[f"type_{word}"] = self.of_schema(schema, word)
            self.parts["item"] = {
                "type": "object",
                "properties": {"type": {"enum": list(SCHEMAS)}},
                "required": ["type", "name"],
                "allOf": [
                    {
                        "if": {"properties": {"type": {"const": word}}, "required": ["type"]},
                        "then": _reference(f"type_{word}"),
                    }
                    for word in SCHEMAS
                ],
            }
        return _reference("item")


def _reference(name: str) -> _Json:
    return {"$ref": f"#/$defs/{name}"}


def _name(of: object) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(of).__name__.removesuffix("Schema")).lower()


def _told(field: fields.Field[Any]) -> _Json:
    return {"description": field.metadata["description"], "examples": [field.metadata["example"]]}


def _text(limit: int | None = None, pattern: re.Pattern[str] | None = None) -> _Json:
    found = _reference("text")
    if limit is not None and limit != Word().limit:
        found["maxLength"] = limit
    if pattern is not None:
        found["pattern"] = pattern_of(pattern)
    return found


def _illegal() -> str:
    """What XML cannot carry, with escapes that can be read."""
    allowed = ILLEGAL.pattern.removeprefix("[^").removesuffix("]")
    wanted = "".join(f"\\u{ord(each):04X}" if each < " " or "\ud7ff" <= each <= "\uffff" else each for each in allowed)
    return f"[^{wanted}]"


def _spelled(value: _Json, pattern: re.Pattern[str]) -> _Json:
    """A number, or a text that spells one as JSON does not."""
    return {"anyOf": [value, {**_text(MAX_NAME, pattern), "not": {"pattern": _AS_JSON_SPELLS}}]}


def _parameter(parameter: Parameter) -> _Json:
    told = {"description": parameter.description, "examples": [parameter.example]}
    match parameter.takes:
        case "truth":
            value: _Json = {"type": "boolean"}
        case "number":
            value = _spelled(_NUMBER, SPELLED)
        case "whole":
            value = _spelled(_WHOLE, re.compile("[0-9]+"))
        case "words":
            value = {"enum": list(parameter.words)}
        case "seed":
            value = {"anyOf": [_NUMBER, {**_text(MAX_NAME), "pattern": r"^\$\{[^{}\s;,=]*\}$"}]}
        case _:
            value = {**_text(MAX_NAME), "not": {"pattern": SEPARATOR.pattern}}
    return {**value, **told}
