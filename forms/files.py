"""The files that a form uses beside its JSON, and how a version is bound to their bytes.

A form names files: tables that choices come from or that `pulldata` looks into, further external data, pictures and
sounds of its texts. Publishing binds each name to the SHA-256 of the bytes that lie there then, so that the hash of
the version covers them. A file with data that is missing holds up publishing: the form would offer nothing. One of the
media does not: the words are there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from html import unescape
from types import MappingProxyType

from forms.definition import Choice, Form, Item, Media, Question, walk
from forms.errors import Code, Finding, Params, Severity
from forms.expressions import expressions_of
from forms.names import FILE_NAME, MAX_NAME, pointer
from forms.schema.form import MAX_FILES

MANY_ROWS = 5_000
"""The tablet holds every row of a table while a form is open: with more it takes seconds to open one."""

_PULLED = re.compile(r"pulldata\s*\(\s*(?P<file>[^,]*?)\s*,(?P<rest>[^()]*)")
"""As pyxform reads it: whatever stands before the first comma, its quotation marks left out."""
_QUOTED = re.compile(r"\s*(?:'([^']*)'|\"([^\"]*)\")\s*")
_SOURCE = re.compile(r'<instance [^>]*src="jr://(?:file|file-csv)/([^"]+)"')
_TABLE = ".csv"
_COLUMNS = {"value": "name", "label": "label"}


@dataclass(slots=True)
class Used:
    """A file that a form uses: where first, and which columns of it, each with the place that looks at it."""

    name: str
    pointer: str
    is_data: bool
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """The bytes under a name: SHA-256, columns and number of rows of a table, and whether there are newer ones."""

    hash: str
    columns: tuple[str, ...] | None = None
    rows: int = 0
    older: bool = False


Finder = Callable[[str, str | None], Found | None]
"""Finds what lies under a name; with a hash, exactly those bytes. None where there is nothing."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A form that names the bytes of its files, and what there is to say about them."""

    form: Form
    findings: tuple[Finding, ...]


def files_of(form: Form) -> tuple[Used, ...]:
    """Every file that the form uses, in the order in which it first does."""
    found: dict[str, Used] = {}
    for name, where, is_data, columns in _uses(form):
        used = found.setdefault(name, Used(name, where, is_data))
        used.is_data |= is_data
        for column in columns:
            used.columns.setdefault(column, where)
    return tuple(found.values())


def bind_files(form: Form, find: Finder) -> Bound:
    """The form with `files` filled in. A name that is bound already keeps to its bytes.

    What is missing or does not fit is told as findings; the form is bound as far as it goes.
    """
    given = form.files or {}
    bound: dict[str, str] = {}
    findings: list[Finding] = []
    used = files_of(form)
    for each in used[:MAX_FILES]:
        pinned = given.get(each.name)
        found = find(each.name, pinned) if _may_be_bound(each.name) else None
        if found is None:
            findings.append(_missing(each, pinned))
            continue
        bound[each.name] = found.hash
        if found.older:
            findings.append(_told(Code.FILE_OLDER, pointer("files", each.name), each.name))
        if found.rows > MANY_ROWS:
            params: Params = {"file": each.name, "rows": found.rows, "limit": MANY_ROWS}
            findings.append(Finding(Code.FILE_LONG, each.pointer, params, Severity.WARNING))
        findings.extend(_columns(each, found))
    if len(used) > MAX_FILES:
        findings.append(Finding(Code.TOO_MANY, "/files", {"limit": MAX_FILES}))
    for name in given:
        if all(each.name != name for each in used):
            findings.append(_told(Code.FILE_UNUSED, pointer("files", name), name))
    files = MappingProxyType(dict(sorted(bound.items()))) if bound else None
    return Bound(form if files == form.files else replace(form, files=files), tuple(findings))


def unbound_sources(xform: str, files: Mapping[str, str]) -> tuple[Finding, ...]:
    """What an XForm loads as data and the form does not bind: an error for each, so that none is ever published."""
    named = dict.fromkeys(unescape(each) for each in _SOURCE.findall(xform))
    return tuple(Finding(Code.FILE_MISSING, "", {"file": name}) for name in named if name not in files)


def _missing(used: Used, pinned: str | None) -> Finding:
    if pinned is not None:
        return Finding(Code.FILE_UNKNOWN, pointer("files", used.name), {"file": used.name, "hash": pinned})
    if used.is_data:
        return Finding(Code.FILE_MISSING, used.pointer, {"file": used.name})
    return _told(Code.MEDIA_MISSING, used.pointer, used.name)


def _told(code: Code, where: str, name: str) -> Finding:
    return Finding(code, where, {"file": name}, Severity.WARNING)


def _columns(used: Used, found: Found) -> Iterator[Finding]:
    if found.columns is None:
        return
    known = ", ".join(found.columns[:20])
    for column, where in used.columns.items():
        if column not in found.columns:
            yield Finding(Code.FILE_COLUMN, where, {"file": used.name, "column": column, "known": known})


def _may_be_bound(name: str) -> bool:
    """Whether `files` can hold the name; media may have longer ones."""
    return len(name) <= MAX_NAME and bool(FILE_NAME.fullmatch(name))


_Use = tuple[str, str, bool, tuple[str, ...]]


def _uses(form: Form) -> Iterator[_Use]:
    """Name, place, whether it is data, and columns, of every use of a file."""
    for name, ending in (form.data_files or {}).items():
        yield f"{name}.{ending}", pointer("data_files", name), True, ()
    for place in walk(form):
        yield from _of_item(place.item, place.pointer)
    for name, choices in (form.choices or {}).items():
        for position, choice in enumerate(choices):
            yield from _media(choice, pointer("choices", name, position))


def _of_item(item: Item, here: str) -> Iterator[_Use]:
    if isinstance(item, Question) and item.choices_file is not None:
        parameters = item.parameters or {}
        columns = tuple(str(parameters.get(name, usual)) for name, usual in _COLUMNS.items())
        is_table = item.choices_file.endswith(_TABLE)
        yield item.choices_file, f"{here}/choices_file", True, columns if is_table else ()
    for key, expression in _expressions(item):
        for call in _PULLED.finditer(expression):
            name = re.sub("['\"]", "", call["file"]).strip()
            yield f"{name}{_TABLE}", f"{here}/{key}", True, tuple(_pulled_columns(call["rest"]))
    yield from _media(item, here)


def _expressions(item: Item) -> Iterator[tuple[str, str]]:
    yield from expressions_of(item)
    if isinstance(item, Question) and isinstance(item.default, str):
        yield "default", item.default


def _pulled_columns(rest: str) -> Iterator[str]:
    """The column that is pulled and the one that is looked up, where they are given as texts."""
    for argument in rest.split(",")[:2]:
        quoted = _QUOTED.fullmatch(argument)
        if quoted is not None:
            yield quoted[1] or quoted[2]


def _media(holder: Item | Choice, here: str) -> Iterator[_Use]:
    if holder.media is None:
        return
    for medium in fields(Media):
        for language, name in (getattr(holder.media, medium.name) or {}).items():
            yield name, f"{here}/media/{medium.name}/{language}", False, ()
