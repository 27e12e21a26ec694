"""Columns that mean something to pyxform, and those that mean nothing: what stands there is left out, and told."""

from collections.abc import Iterator

from forms.errors import Code, Finding, Severity
from forms.xlsform.book import Book, FailedCell
from forms.xlsform.grouping import Grouped, headers_of
from forms.xlsform.sheets import OWN_PREFIX, SETTINGS, SURVEY

_COLUMNS = frozenset(
    {"type", "name", "label", "media", "hint", "guidance_hint", "bind", "control", "instance", "default", "intent"}
    | {"choice_filter", "parameters", "trigger", "disabled"}
)
_SETTINGS = frozenset(
    {"id_string", "title", "name", "version", "default_language", "instance_name", "style", "clean_text_values"}
    | {"allow_choice_duplicates", "submission_url", "public_key", "auto_send", "auto_delete", "client_editable"}
    | {"omit_instanceID", "instance_id", "flat", "namespaces", "attribute", "instance", "instance_xmlns"}
    | {"prefix", "delimiter", "add_none_option"}
)
_USED = {SURVEY: _COLUMNS, SETTINGS: _SETTINGS}
_CODES = {SURVEY: Code.COLUMN_UNUSED, SETTINGS: Code.SETTING_UNUSED}


def matters(book: Book, cell: FailedCell) -> bool:
    """Whether a cell stands in a column that means something."""
    used = _USED.get(cell.sheet)
    tokens = {header: tokens for tokens, header in headers_of(book, cell.sheet).items()}.get(cell.place.column)
    return used is None or tokens is None or tokens[0] in used


def unused(sheet: Grouped) -> Iterator[Finding]:
    """A note for each column of the survey or the settings that changes nothing, at its header."""
    for tokens, column in sheet.headers.items():
        if tokens[0] not in _USED[sheet.sheet] and not tokens[0].startswith(OWN_PREFIX):
            yield sheet.place(None, *tokens).finding(_CODES[sheet.sheet], {"what": column}, Severity.NOTE)
