"""The study as ``feldbuch init`` reads it: a JSON file with its id, title, languages and sites.

::

    {"id": "example", "title": {"en": "..."}, "languages": ["de", "en"],
     "sites": [{"id": "duisburg", "kind": "arrival", "title": {"en": "Duisburg"}}],
     "tablet": {"draft_protection": "passphrase", "least_length": 16, "lock_after": 5, "passkey": "demanded"}}

``tablet`` may be left out: what the study demands of its tablets. ``draft_protection`` is ``pin`` or ``passphrase``,
``least_length`` the fewest characters of it, ``lock_after`` the minutes without a touch after which a tablet locks.
``passkey`` is ``offered`` (the default) or ``demanded``: whether a passkey of the tablet locks drafts beside that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.errors.error import CodedError

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,127}\Z")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}\Z")
MAX_BYTES = 1024 * 1024
MAX_SITES = 500
MAX_LANGUAGES = 40
LEAST_PIN = 6
LEAST_PASSPHRASE = 12


@dataclass(frozen=True, slots=True)
class StudyFile:
    """A study: ``id`` stands in every cover, ``description`` is the body of its feed entry."""

    id: str
    description: Mapping[str, Any]

    @property
    def sites(self) -> tuple[str, ...]:
        """The ids of its sites, in order."""
        return tuple(site["id"] for site in self.description["sites"])


def _title() -> fields.Dict:
    return fields.Dict(
        keys=fields.String(validate=validate.Regexp(LANGUAGE)),
        values=fields.String(validate=validate.Length(1, 200)),
        required=True,
        validate=validate.Length(1, MAX_LANGUAGES),
    )


class _Site(Schema):
    id = fields.String(required=True, validate=validate.Regexp(ID))
    kind = fields.String(required=True, validate=validate.OneOf(["arrival", "origin"]))
    title = _title()


class _Tablet(Schema):
    lock_after = fields.Integer(strict=True, validate=validate.Range(1, 60))
    draft_protection = fields.String(validate=validate.OneOf(["pin", "passphrase"]))
    least_length = fields.Integer(strict=True, validate=validate.Range(LEAST_PIN, 64))
    passkey = fields.String(validate=validate.OneOf(["offered", "demanded"]))

    @validates_schema
    def _long_enough(self, study: Mapping[str, Any], **_: object) -> None:
        is_phrase = study.get("draft_protection") == "passphrase"
        if is_phrase and study.get("least_length", LEAST_PASSPHRASE) < LEAST_PASSPHRASE:
            raise ValidationError(f"A passphrase has at least {LEAST_PASSPHRASE} characters.", "least_length")


class _Study(Schema):
    id = fields.String(required=True, validate=validate.Regexp(ID))
    title = _title()
    languages = fields.List(
        fields.String(validate=validate.Regexp(LANGUAGE)), required=True, validate=validate.Length(1, MAX_LANGUAGES)
    )
    sites = fields.List(fields.Nested(_Site), required=True, validate=validate.Length(1, MAX_SITES))
    tablet = fields.Nested(_Tablet)


def read_study_file(path: Path) -> StudyFile:
    """Read and check a study.

    Raises ``CodedError``: ``study.file.unreadable``, ``study.file.wrong`` (with the place in the file and what is
    wrong there).
    """
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        raise CodedError("study.file.unreadable", path=str(path)) from None
    try:
        study = _Study().load(document)
    except ValidationError as error:
        pointer, detail = _first(error.messages)
        raise CodedError("study.file.wrong", path=str(path), pointer=pointer or "/", detail=detail) from None
    sites = [site["id"] for site in study["sites"]]
    for index, site in enumerate(sites):
        if site in sites[:index]:
            detail = "this site stands there twice"
            raise CodedError("study.file.wrong", path=str(path), pointer=f"/sites/{index}/id", detail=detail)
    return StudyFile(study["id"], {name: value for name, value in study.items() if name != "id"})


def _first(messages: object) -> tuple[str, str]:
    """The first problem that marshmallow found: a JSON pointer and its words."""
    pointer = ""
    while isinstance(messages, dict) and messages:
        key, messages = next(iter(messages.items()))
        pointer += "" if key == "_schema" else f"/{key}"
    return pointer, str(messages[0]) if isinstance(messages, list) and messages else str(messages)
