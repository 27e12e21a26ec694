"""Rows under pyxform's own names for the columns: aliases resolved, `label::English` and the like grouped.

pyxform does this work; what is added is where each group of cells came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyxform import aliases, constants
from pyxform.parsing.sheet_headers import dealias_and_group_headers, process_header
from pyxform.question import MultipleChoiceQuestion, Option
from pyxform.survey import Survey

from forms.xlsform.book import Book, Place
from forms.xlsform.quotes import Quotes
from forms.xlsform.sheets import CHOICES, ENTITIES, EXTERNAL_CHOICES, OSM, SETTINGS, SURVEY

Tokens = tuple[str, ...]
"""A column by pyxform's names: ("label", "English"), ("bind", "relevant")."""

_ALIASES = {
    SURVEY: aliases.survey_header,
    CHOICES: aliases.list_header,
    EXTERNAL_CHOICES: aliases.list_header,
    OSM: aliases.list_header,
    SETTINGS: aliases.settings_header,
    ENTITIES: aliases.entities_header,
}
_COLUMNS: dict[str, frozenset[str]] = {
    SURVEY: frozenset(MultipleChoiceQuestion.get_slot_names()),
    CHOICES: frozenset(Option.get_slot_names()),
    EXTERNAL_CHOICES: frozenset(Option.get_slot_names()),
    OSM: frozenset(Option.get_slot_names()),
    SETTINGS: frozenset(Survey.get_slot_names()),
    ENTITIES: frozenset(constants.EntityColumns.value_list()),
}


@dataclass(frozen=True, slots=True)
class Grouped:
    """A sheet with its cells in groups, and the header of each column by its tokens."""

    book: Book
    sheet: str
    rows: tuple[dict[str, Any], ...]
    headers: Mapping[Tokens, str]

    def place(self, position: int | None, *tokens: str) -> Place:
        """The cell of a row (None for the header) in the column of these tokens, or the nearest to it there is."""
        header = None
        for length in range(len(tokens), 0, -1):
            header = self.headers.get(tokens[:length]) or next(
                (header for each, header in self.headers.items() if each[:length] == tokens[:length]), None
            )
            if header is not None:
                break
        return self.book.place(self.sheet, position, header)


def headers_of(book: Book, sheet: str) -> dict[Tokens, str]:
    """The headers of a sheet by their tokens."""
    headers = book.table(sheet).columns
    double = any("::" in header for header in headers)
    found: dict[Tokens, str] = {}
    for header in headers:
        try:
            _, tokens = process_header(header, double, _ALIASES[sheet], _COLUMNS[sheet])
        except IndexError:
            # What pyxform breaks on, a header that ends with ":jr", is yet to be told.
            tokens = (header,)
        found[tuple(tokens)] = header
    return found


def grouped(book: Book, sheet: str, default_language: str = constants.DEFAULT_LANGUAGE_VALUE) -> Grouped:
    """A sheet's rows in groups; pyxform must have taken the workbook."""
    table = book.table(sheet)
    if not table.rows:
        # pyxform does not look at the headers of a sheet without rows.
        return Grouped(book, sheet, (), headers_of(book, sheet))
    rows, columns = table.rows, dict.fromkeys(table.columns)
    if sheet == SETTINGS and {"id_string", "form_id"} <= columns.keys():
        # Of two names for the id, pyxform takes the new one.
        rows = tuple({column: value for column, value in row.items() if column != "id_string"} for row in rows)
        del columns["id_string"]
    # Grouping makes straight quotation marks of typographic ones.
    quotes = Quotes({each for row in rows for value in row.values() for each in str(value)}) if book.exact else None
    if quotes is not None:
        rows = tuple({column: _hidden(value, quotes) for column, value in row.items()} for row in rows)
    result = dealias_and_group_headers(
        sheet_name=sheet,
        sheet_data=rows,
        sheet_header=[columns],
        header_aliases=_ALIASES[sheet],
        header_columns=set(_COLUMNS[sheet]),
        default_language=default_language,
        strip_whitespace=sheet == SURVEY and _folds_white_space(book),
    )
    found = tuple(result.data)
    if quotes is not None:
        found = tuple(_shown(row, quotes) for row in found)
    return Grouped(book, sheet, found, headers_of(book, sheet))


def _folds_white_space(book: Book) -> bool:
    """Whether runs of blanks in the survey are one blank; a workbook of ours says that they are not."""
    if book.exact:
        return False
    for row in book.table(SETTINGS).rows[:1]:
        for tokens, header in headers_of(book, SETTINGS).items():
            if tokens == ("clean_text_values",):
                return bool(aliases.yes_no.get(row.get(header, "yes"), True))
    return True


def _hidden(value: Any, quotes: Quotes) -> Any:  # noqa: ANN401  a cell
    # A number or a truth goes into a tuple: grouping would take 0 and false for empty cells.
    return quotes.hide(value) if isinstance(value, str) else (value,)


def _shown(value: Any, quotes: Quotes) -> Any:  # noqa: ANN401  a cell, or cells in groups
    match value:
        case dict():
            return {key: _shown(inner, quotes) for key, inner in value.items()}
        case str():
            return quotes.show(value)
        case (inner,):
            return inner
        case _:
            return value
