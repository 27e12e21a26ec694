"""What is looked at before pyxform runs, which knows no bounds: what a form would become when it is written out."""

import re
from collections import Counter
from dataclasses import dataclass, field

from pyxform import aliases, constants
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_SELECT

from forms.errors import Code, FormErrors
from forms.schema.document import MAX_DEPTH
from forms.schema.items import MAX_QUESTIONS
from forms.xlsform.book import Book, Place
from forms.xlsform.grouping import headers_of
from forms.xlsform.sheets import CHOICES, SURVEY, Cell

MAX_LETTERS = 64 * 1024 * 1024
"""How many letters a form may have, its loops written out, and each `${name}` counted as the longest path there is."""
MAX_CONTROLS = 2 * MAX_QUESTIONS
"""How many rows may begin or end a group: a group for each question, say."""

_SEARCH = re.compile(r"\bsearch\s*\(")
# In loops, pyxform fills in `%(label)s` by Python's rules: `%(label)999999999s` is a gigabyte.
_FILLED_UP = re.compile(r"%\([^)]*\)[-+ #0]*\d{4}")
_LETTERS_OF_A_CHOICE = 100


@dataclass(slots=True)
class _Sums:
    """What the rows come to. `longest` is the longest path, `heaviest` the row with the most references."""

    questions: int = 0
    controls: int = 0
    letters: int = 0
    references: int = 0
    longest: int = 0
    heaviest: tuple[int, int] = (0, 0)
    open: list[tuple[int, int]] = field(default_factory=lambda: [(1, 1)])
    """The rounds of the loops, and the length of the path, of each group that is open."""


def check_bounds(book: Book) -> None:
    """Raise FormErrors, at the cell, where a form is nested too deeply or would become too large."""
    columns = headers_of(book, SURVEY)
    type_, name = columns.get(("type",), ""), columns.get(("name",), "")
    list_name = headers_of(book, CHOICES).get(("list name",), "")
    choices = Counter(str(row[list_name]) for row in book.table(CHOICES).rows if list_name in row)
    sums = _Sums()
    for position, row in enumerate(book.table(SURVEY).rows):
        word = " ".join(str(row.get(type_, "")).split())
        code = _open_or_close(sums, word, len(str(row.get(name, ""))), choices)
        select = RE_SELECT.search(word)
        code = code or _add(sums, position, list(row.values()), choices[select["list_name"]] if select else 0)
        if code is not None:
            raise _refused(book.place(SURVEY, position, type_ or None), code)
    for sheet in book.tables:
        if sheet != SURVEY:
            for row in book.table(sheet).rows:
                sums.letters += sum(len(value) for value in row.values() if isinstance(value, str))
                sums.references += sum(value.count("${") for value in row.values() if isinstance(value, str))
    if sums.letters + sums.references * sums.longest > MAX_LETTERS:
        raise _refused(book.place(SURVEY, -sums.heaviest[1], type_ or None), Code.TOO_LARGE)


def _open_or_close(sums: _Sums, word: str, name: int, choices: Counter[str]) -> Code | None:
    rounds, path = sums.open[-1]
    sums.longest = max(sums.longest, path + name + 1)
    if begin := RE_BEGIN_CONTROL.search(word):
        if aliases.control[begin["type"]] == constants.LOOP:
            rounds *= max(1, choices[begin["list_name"] or ""])
        sums.open.append((rounds, path + name + 1))
    elif RE_END_CONTROL.search(word):
        if len(sums.open) > 1:
            sums.open.pop()
    elif word:
        sums.questions += rounds
        return Code.TOO_MANY_QUESTIONS if sums.questions > MAX_QUESTIONS else None
    else:
        return None
    sums.controls += rounds
    if sums.controls > MAX_CONTROLS:
        return Code.TOO_MANY_QUESTIONS
    return Code.TOO_DEEP if len(sums.open) > MAX_DEPTH + 1 else None


def _add(sums: _Sums, position: int, cells: list[Cell], choices: int) -> Code | None:
    rounds = sums.open[-1][0]
    texts = [cell for cell in cells if isinstance(cell, str)]
    references = sum(text.count("${") for text in texts)
    sums.heaviest = max(sums.heaviest, (references * rounds, -position))
    sums.references += references * rounds
    sums.letters += rounds * sum(map(len, texts))
    if choices and any(_SEARCH.search(text) for text in texts):
        # Such a question has its choices to itself.
        sums.letters += rounds * choices * _LETTERS_OF_A_CHOICE
    filled_up = rounds > 1 and any(_FILLED_UP.search(text) for text in texts)
    return Code.TOO_LARGE if filled_up or sums.letters > MAX_LETTERS else None


def _refused(place: Place, code: Code) -> FormErrors:
    limits = {Code.TOO_DEEP: MAX_DEPTH, Code.TOO_MANY_QUESTIONS: MAX_QUESTIONS, Code.TOO_LARGE: MAX_LETTERS}
    return FormErrors([place.finding(code, {"limit": limits[code]})])
