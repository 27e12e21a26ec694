"""Reading the fields of a parsed document: exactly the keys of FORMAT.md's tables, each as it says there."""

import re
from datetime import datetime
from re import Pattern

from sync.envelope.encoding import MAX_INTEGER, from_b64u
from sync.errors import EnvelopeError

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,127}")
KEY_ID = re.compile(r"[a-z2-7]{32}")
HASH = re.compile(r"[0-9a-f]{64}")
EPOCH = re.compile(r"[0-9a-f]{32}")
PART = re.compile(r"record|[ac][1-9][0-9]{0,3}")
ATTACHMENT_PART = re.compile(r"a[1-9][0-9]{0,3}")
CONTENT_TYPE = re.compile(r"(?=.{1,100}\Z)[a-z]+/[a-z0-9.+-]+")
CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,63}")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}")
KIND = re.compile(r"[a-z][a-z0-9._-]{0,63}")

_SHOWN_KEY = re.compile(r"[A-Za-z0-9_]{1,40}")
TIME = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class Fields:
    """The fields of one object. Every method raises EnvelopeError with `code` and the field's path."""

    __slots__ = ("_code", "_path", "_value")

    def __init__(
        self,
        value: object,
        keys: frozenset[str],
        code: str,
        path: str = "",
        optional: frozenset[str] = frozenset(),
        *,
        further: bool = False,
    ) -> None:
        """``further``: keys that nobody here knows may stand beside, and are passed over."""
        self._code = code
        self._path = path
        if not isinstance(value, dict):
            raise EnvelopeError(code, field=path.rstrip("."))
        known = value.keys() & keys if further else value.keys() - optional
        if known != keys:
            odd = min(known ^ keys)
            raise self.wrong(odd if _SHOWN_KEY.fullmatch(odd) else "?")
        self._value: dict[str, object] = value

    def has(self, key: str) -> bool:
        """Whether a key that may be left out is there."""
        return key in self._value

    def wrong(self, key: str) -> EnvelopeError:
        """The error that names this field."""
        return EnvelopeError(self._code, field=self._path + key)

    def text(self, key: str, pattern: Pattern[str]) -> str:
        """A text that matches the pattern as a whole."""
        value = self._value[key]
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            raise self.wrong(key)
        return value

    def text_or_null(self, key: str, pattern: Pattern[str]) -> str | None:
        """A text that matches the pattern, or null."""
        return None if self._value[key] is None else self.text(key, pattern)

    def is_null(self, key: str) -> bool:
        """Whether the value is null."""
        return self._value[key] is None

    def any_text(self, key: str) -> str:
        """Any text."""
        value = self._value[key]
        if not isinstance(value, str):
            raise self.wrong(key)
        return value

    def choice(self, key: str, choices: frozenset[str]) -> str:
        """One of some texts."""
        value = self._value[key]
        if not isinstance(value, str) or value not in choices:
            raise self.wrong(key)
        return value

    def integer(self, key: str, least: int = 0) -> int:
        """An integer from `least` to 2^53 - 1."""
        value = self._value[key]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MAX_INTEGER:
            raise self.wrong(key)
        return value

    def integers(self, key: str, most: int) -> list[int]:
        """A list of at most `most` integers from 0 to 2^53 - 1."""
        value = self._value[key]
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(key)
        if any(type(each) is not int or not 0 <= each <= MAX_INTEGER for each in value):
            raise self.wrong(key)
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._value[key]
        if not isinstance(value, bool):
            raise self.wrong(key)
        return value

    def version(self) -> None:
        """The field `v`, which is 1."""
        if self.integer("v") != 1:
            raise self.wrong("v")

    def data(self, key: str, size: int) -> bytes:
        """A base64url text of `size` bytes."""
        try:
            data = from_b64u(self.any_text(key))
        except ValueError as error:
            raise self.wrong(key) from error
        if len(data) != size:
            raise self.wrong(key)
        return data

    def time(self, key: str) -> str:
        """A time `YYYY-MM-DDTHH:MM:SSZ` that the calendar has."""
        value = self.text(key, TIME)
        try:
            datetime.fromisoformat(value)
        except ValueError as error:
            raise self.wrong(key) from error
        return value

    def inner(self, key: str, keys: frozenset[str]) -> "Fields":
        """The fields of an object within."""
        return Fields(self._value[key], keys, self._code, f"{self._path}{key}.")

    def inner_list(self, key: str, keys: frozenset[str], least: int, most: int) -> list["Fields"]:
        """The fields of a list of `least` to `most` objects."""
        value = self._value[key]
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise self.wrong(key)
        return [Fields(entry, keys, self._code, f"{self._path}{key}.{index}.") for index, entry in enumerate(value)]

    def texts(self, key: str, most: int) -> list[str]:
        """A list of at most `most` texts."""
        value = self._value[key]
        if not isinstance(value, list) or len(value) > most or not all(isinstance(each, str) for each in value):
            raise self.wrong(key)
        return value

    def mapping(self, key: str) -> dict[str, object]:
        """Any object."""
        value = self._value[key]
        if not isinstance(value, dict):
            raise self.wrong(key)
        return value
