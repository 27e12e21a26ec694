"""Maps in a form's JSON: texts by language, columns of a choice, XML attributes. Each is bounded and never empty."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from marshmallow import ValidationError

from forms.errors import Code
from forms.names import ATTRIBUTE, FILE_NAME, LANGUAGE, MAX_NAME, NAME
from forms.schema.fields import SHOWN, StrictSchema, Value, Word, legal_text, scalar
from forms.schema.problems import invalid

MAX_ENTRIES = 200
"""How many entries a map holds: languages of a text, columns of a choice, attributes of an element."""
MAX_FILE_NAME = 255


class Mapped(Value):
    """A map from names of one pattern to values of one kind, with 1 to `most` entries."""

    pattern: ClassVar[re.Pattern[str]] = NAME
    wrong_name: ClassVar[Code] = Code.BAD_NAME
    not_a_map: ClassVar[Code] = Code.EXPECTED_OBJECT
    empty: ClassVar[Code] = Code.EMPTY_MAP
    most: ClassVar[int] = MAX_ENTRIES

    def read(self, value: object) -> Any:  # noqa: ANN401  what a subclass makes of it
        """The value of one entry."""
        return legal_text(value)

    def write(self, value: Any) -> Any:  # noqa: ANN401  what a subclass makes of it
        """The value of one entry as JSON."""
        return value

    def check_name(self, name: str) -> None:
        """Raise a ValidationError where an entry may not be called so."""
        if len(name) > MAX_NAME or not self.pattern.fullmatch(name):
            raise invalid(self.wrong_name, value=name[:SHOWN])

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
                found[name] = self.read(given)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return MappingProxyType(found)

    def _serialize(self, value: Mapping[str, Any] | None, *_: object, **__: object) -> dict[str, Any] | None:
        return None if value is None else {name: self.write(each) for name, each in value.items()}


class Texts(Mapped):
    """A map from language code to text."""

    pattern = LANGUAGE
    wrong_name = Code.BAD_LANGUAGE
    not_a_map = Code.EXPECTED_TEXTS
    empty = Code.EMPTY_TEXTS


class Readers(Texts):
    """A map from language code to the name of whoever read the texts over."""

    def read(self, value: object) -> str:
        """The name."""
        return legal_text(value, MAX_NAME)


class FileNames(Texts):
    """A map from language code to the name of a file, without folders."""

    def read(self, value: object) -> str:
        """The name of the file."""
        text = legal_text(value, MAX_FILE_NAME)
        if not FILE_NAME.fullmatch(text):
            raise invalid(Code.BAD_FILE_NAME, value=text[:SHOWN])
        return text


class Columns(Mapped):
    """Further columns of a choice: names, each with a text or a number."""

    def read(self, value: object) -> str | int | float:
        """The value in the column."""
        return scalar(value)

    def check_name(self, name: str) -> None:
        """Not a column that the sheet of choices has anyway."""
        super().check_name(name)
        if name in KEPT_COLUMNS or name.startswith(KEPT_PREFIX):
            raise invalid(Code.BAD_NAME, value=name[:SHOWN])


_LIST_COLUMNS = frozenset({"name", "label", "list_name", "value", "caption", "itextId"})
_MEDIA_COLUMNS = frozenset({"image", "audio", "video", "big-image", "media"})
KEPT_COLUMNS = _LIST_COLUMNS | _MEDIA_COLUMNS
KEPT_PREFIX = "feldbuch_"
"""Columns and choice lists of the XLSForm that hold what XLSForm has no place for begin so."""


class XmlAttributes(Mapped):
    """XML attributes, possibly with a prefix, and their texts."""

    pattern = ATTRIBUTE
    wrong_name = Code.BAD_ATTRIBUTE


class Namespaces(Mapped):
    """Prefixes and the address that each stands for."""

    address: ClassVar[re.Pattern[str]] = re.compile(r"[^\s\"'<>]+")

    def read(self, value: object) -> str:
        """The address."""
        return Word(pattern=self.address, code=Code.BAD_ADDRESS, limit=MAX_NAME).read(value)


class ByName(Mapped):
    """A map from names to objects of one schema."""

    def __init__(
        self,
        schema: StrictSchema,
        *,
        pattern: re.Pattern[str] = NAME,
        code: Code = Code.BAD_NAME,
        **kwargs: Any,  # noqa: ANN401  handed on to marshmallow
    ) -> None:
        super().__init__(**kwargs)
        self.schema, self.name_pattern, self.name_code = schema, pattern, code

    def check_name(self, name: str) -> None:
        """As the pattern says."""
        if len(name) > MAX_NAME or not self.name_pattern.fullmatch(name):
            raise invalid(self.name_code, value=name[:SHOWN])

    def read(self, value: object) -> Any:  # noqa: ANN401  what the schema makes
        """The object."""
        return self.schema.load(value)  # type: ignore[arg-type]  # the schema itself refuses what is no object

    def write(self, value: Any) -> Any:  # noqa: ANN401
        """The object as JSON."""
        return self.schema.dump(value)
