"""Where a table comes from and how its file is to be read: by options, or by a file ``FILE.csv.json`` beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from forms.names import ILLEGAL
from server.errors.error import CodedError
from server.services.study.datasets.numbers import DECIMALS, THOUSANDS
from server.services.study.datasets.problems import SHOWN

SIDECAR_BYTES = 64 * 1024
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
ENCODINGS = ("utf-8", "utf-16", "cp1252", "iso-8859-15")
FACTS = ("title", "source", "licence", "retrieved")
_LISTS = ("key", "missing", "text")
_MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read. ``delimiter`` None: found out. ``rename`` maps headers of the file to names of columns.

    ``decimal`` None: not said, so what could be read in two ways is not read at all.
    """

    delimiter: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str = "utf-8"
    key: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    rename: tuple[tuple[str, str], ...] = ()

    @property
    def point(self) -> str:
        """What stands before decimals: as said, else a point, or a comma where points stand between thousands."""
        return self.decimal or ("," if self.thousands == "." else ".")

    @property
    def is_clear(self) -> bool:
        """Whether it was said how numbers are written."""
        return self.decimal is not None or self.thousands is not None

    def to_json(self) -> dict[str, Any]:
        """The same in the words of a sidecar, without what is usual."""
        found: dict[str, Any] = {"delimiter": self.delimiter, "thousands": self.thousands, "decimal": self.decimal}
        found["encoding"] = self.encoding if self.encoding != "utf-8" else None
        found |= {name: list(getattr(self, name)) or None for name in _LISTS}
        found["rename"] = dict(self.rename) or None
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a table comes from. ``retrieved`` is the day on which it was fetched."""

    source: str
    licence: str
    retrieved: date
    title: str | None = None

    def to_json(self) -> dict[str, str]:
        """The same in the words of a sidecar."""
        found = {"source": self.source, "licence": self.licence, "retrieved": self.retrieved.isoformat()}
        return {**found, "title": self.title} if self.title else found


def _line(limit: int, *, required: bool = False) -> fields.String:
    """A text that is not blank and that every file can carry."""
    legal = validate.Predicate("strip", error="blank")
    return fields.String(required=required, validate=[validate.Length(1, limit), legal, _carried])


def _carried(value: str) -> None:
    if ILLEGAL.search(value) or re.search("[\x7f-\x9f]", value):
        raise ValidationError("characters")


def _names() -> fields.List[Any]:
    return fields.List(fields.String(validate=validate.Length(1, 200)), validate=validate.Length(max=_MOST_NAMES))


class OptionsSchema(Schema):
    """Everything that a sidecar may say."""

    title = _line(300)
    source = _line(1000, required=True)
    licence = _line(300, required=True)
    retrieved = fields.Date(required=True, format="iso")
    delimiter = fields.String(validate=validate.OneOf(sorted(DELIMITERS)))
    decimal = fields.String(validate=validate.OneOf(DECIMALS))
    thousands = fields.String(validate=validate.OneOf(THOUSANDS))
    encoding = fields.String(validate=validate.OneOf(ENCODINGS))
    key = _names()
    missing = _names()
    text = _names()
    rename = fields.Dict(keys=fields.String(), values=fields.String(), validate=validate.Length(max=_MOST_NAMES))

    @post_load
    def _options(self, data: dict[str, Any], **_: object) -> tuple[Facts, Reading]:
        facts = {name: data.pop(name) for name in FACTS if name in data}
        rename = tuple(data.pop("rename", {}).items())
        data |= {name: tuple(data[name]) for name in _LISTS if name in data}
        return Facts(**facts), Reading(**data, rename=rename)


_SCHEMA = OptionsSchema()


def options_of(sidecar: bytes | None, given: Mapping[str, object]) -> tuple[Facts, Reading]:
    """Facts and reading of a file: what is given, then what its sidecar says.

    Raises ``CodedError``: ``dataset.sidecar``, ``dataset.fact_missing``, ``dataset.option``,
    ``dataset.thousands``.
    """
    values = {**(_parse(sidecar) if sidecar is not None else {}), **given}
    try:
        facts, reading = _SCHEMA.load(values)
    except ValidationError as error:
        name = next(str(each) for each in error.messages_dict)
        if name in ("source", "licence", "retrieved") and name not in values:
            raise CodedError("dataset.fact_missing", fact=name) from None
        raise CodedError("dataset.option", option=name[:SHOWN]) from None
    if reading.thousands == reading.point:
        raise CodedError("dataset.thousands", mark=reading.point)
    return facts, reading


def _parse(sidecar: bytes) -> dict[str, Any]:
    try:
        found = json.loads(sidecar.decode("utf-8-sig")) if len(sidecar) <= SIDECAR_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CodedError("dataset.sidecar")
    return found
