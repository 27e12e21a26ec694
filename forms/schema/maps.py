"""Maps in a form's JSON: texts by language, columns of a choice, XML attributes. Each is bounded and never empty."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from marshmallow import ValidationError

from forms.errors import Code
from forms.names import ATTRIBUTE, FILE_NAME, LANGUAGE, MAX_NAME, NAME
from forms.schema.fields import SHOWN, ScalarField, Value, Word
from forms.schema.problems import invalid

MAX_ENTRIES = 200
"""How many entries a map holds: languages of a text, columns of a choice, attributes of an element."""
MAX_FILE_NAME = 255
KEPT_PREFIX = "feldbuch_"
"""Columns and choice lists of the XLSForm that hold what XLSForm has no place for begin so."""


class Mapped(Value):
    """A map from names of one `pattern` to values of one field, `each`, with 1 to `most` entries.

    `kept` names, and those that begin with `kept_prefix`, are taken by something else.
    """

    each: Value = Word()
    pattern: ClassVar[re.Pattern[str]] = NAME
    wrong_name: ClassVar[Code] = Code.BAD_NAME
    kept: ClassVar[frozenset[str]] = frozenset()
    kept_prefix: ClassVar[str | None] = None
    not_a_map: ClassVar[Code] = Code.EXPECTED_OBJECT
    empty: ClassVar[Code] = Code.EMPTY_MAP
    most: ClassVar[int] = MAX_ENTRIES

    def check_name(self, name: str) -> None:
        """Raise a ValidationError where an entry may not be called so."""
        if len(name) > MAX_NAME or not self.pattern.fullmatch(name):
            raise invalid(self.wrong_name, value=name[:SHOWN])
        if name in self.kept or (self.kept_prefix is not None and name.startswith(self.kept_prefix)):
            raise invalid(Code.RESERVED_NAME, name=name[:SHOWN])

    def _deserialize(self, value: object, *_: object, **__: object) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise invalid(self.not_a_map)
        if not value:
            raise invalid(self.empty)
        if len(value) > self.most:
            raise invalid(Code.TOO_MANY, limit=self.most)
        found: dict[str, Any] = {}
        errors: dict[str, object] = {}
        for name, given in value.items():
            try:
                self.check_name(name)
                found[name] = self.each._deserialize(given, None, None)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return MappingProxyType(found)

    def _serialize(self, value: Mapping[str, Any] | None, *_: object, **__: object) -> dict[str, Any] | None:
        if value is None:
            return None
        return {name: self.each._serialize(given, None, None) for name, given in value.items()}


class Texts(Mapped):
    """A map from language code to text."""

    pattern = LANGUAGE
    wrong_name = Code.BAD_LANGUAGE
    not_a_map = Code.EXPECTED_TEXTS
    empty = Code.EMPTY_TEXTS


class Readers(Texts):
    """A map from language code to the name of whoever read the texts over."""

    each = Word(limit=MAX_NAME)


class FileNames(Texts):
    """A map from language code to the name of a file, without folders."""

    each = Word(pattern=FILE_NAME, code=Code.BAD_FILE_NAME, limit=MAX_FILE_NAME)


class Columns(Mapped):
    """Further columns of a choice: names, each with a text or a number."""

    each = ScalarField()
    kept = frozenset(
        ("name", "label", "list_name", "value", "caption", "itextId", "image", "audio", "video", "big-image", "media")
    )
    kept_prefix = KEPT_PREFIX


class XmlAttributes(Mapped):
    """XML attributes, possibly with a prefix, and their texts."""

    pattern = ATTRIBUTE
    wrong_name = Code.BAD_ATTRIBUTE


class Namespaces(Mapped):
    """Prefixes and the address that each stands for."""

    each = Word(pattern=re.compile(r"""[^\s"'<>]+"""), code=Code.BAD_ADDRESS, limit=MAX_NAME)
