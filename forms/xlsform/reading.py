"""An XLSForm as a form of ours, checked against what pyxform makes of the file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyxform import aliases

from forms.definition import Form
from forms.errors import Code, Finding, FormError, FormErrors
from forms.names import UNTOLD
from forms.schema import load_form
from forms.schema.document import FORMAT_VERSION
from forms.xform import compile_with_remarks
from forms.xlsform.book import Book, as_text
from forms.xlsform.bounds import check_bounds
from forms.xlsform.cells import Unsupported
from forms.xlsform.files import read_book
from forms.xlsform.grouping import Tokens, grouped
from forms.xlsform.items import Items
from forms.xlsform.judge import judge, remarks
from forms.xlsform.languages import Languages
from forms.xlsform.lists import Lists, lists_in_the_end
from forms.xlsform.nodes import Cells, Node, survey_of, written_out
from forms.xlsform.origins import Origins
from forms.xlsform.own import own_values
from forms.xlsform.same import differences, first_language
from forms.xlsform.settings import settings_of
from forms.xlsform.sheets import (
    CHOICES,
    ENTITIES,
    EXTERNAL_CHOICES,
    OSM,
    SETTINGS,
    SURVEY,
)
from forms.xlsform.types import DATA_FILES
from forms.xlsform.unused import matters, unused

Json = dict[str, Any]

# pyxform takes any column, whatever it calls its own fields; what such a row holds may not be what it seems to be.
_UNFORESEEN = (ArithmeticError, AttributeError, FormError, LookupError, RecursionError, TypeError, ValueError)
_LIST_SHEETS = {"choices": CHOICES, "external_choices": EXTERNAL_CHOICES, "tags": OSM}
_TRANSLATED = frozenset({"label", "hint", "guidance_hint"})
_MESSAGES = frozenset({"jr:requiredMsg", "jr:constraintMsg", "jr:noAppErrorString"})


@dataclass(frozen=True, slots=True)
class Imported:
    """A form, and what is worth knowing of the file: each remark is told at its cell.

    `at_cell` tells a finding on the form, such as one of `forms.check`, at the cell that it comes from.
    """

    form: Form
    remarks: tuple[Finding, ...]
    at_cell: Callable[[Finding], Finding]


def read_xlsform(source: bytes, name: str) -> Imported:
    """The form in a file: .xlsx, .xlsm, .xls, .csv or .md, as the ending of `name` says.

    What pyxform accepts is taken, and its XForm is then the one that pyxform makes of the file. Raises FormErrors with
    everything that is wrong: the pointer of each names the cell, as in `/survey/7/type`, and the parameters `sheet`,
    `row`, `column` and `cell` (as in `survey!A7`) say the same.
    """
    return read_workbook(read_book(source, name))


def read_workbook(book: Book) -> Imported:
    """The same, of a workbook that was read already."""
    if failed := [each for each in book.failed if matters(book, each)]:
        raise FormErrors(each.place.finding(Code.CELL_ERROR, {"value": each.value}) for each in failed)
    check_bounds(book)
    ran = judge(book)
    reader = _Reader(book, first_language(ran.xml))
    document = reader.document()
    try:
        form = load_form(document)
        ours = compile_with_remarks(form).xml
    except FormErrors as refused:
        raise FormErrors(reader.moved(document, finding) for finding in refused.errors) from refused
    except FormError as refused:
        raise FormErrors([reader.moved(document, refused.finding())]) from refused
    found = differences(ran.xml, ours)
    if found:
        raise FormErrors([book.whole().finding(Code.IMPORT_DIFFERS, {"what": "; ".join(found)[:600]})])
    told = (*book.remarks, *remarks(book, ran), *reader.remarks)
    return Imported(form, told, lambda finding: reader.moved(document, finding))


class _Reader:
    def __init__(self, book: Book, first_language: str | None) -> None:
        self.book, self.first_language = book, first_language
        self.own = own_values(book)
        self.languages = Languages(self.own.get("languages", ()), self.own.get("undeclared_languages", ()))
        self.settings = grouped(book, SETTINGS)
        spelling = as_text(self.settings.rows[0].get("default_language", UNTOLD)) if self.settings.rows else UNTOLD
        # In a workbook of ours, texts in no language stay in none.
        self.default_spelling = UNTOLD if book.exact else spelling
        self.sheets = {
            name: grouped(book, name, self.default_spelling) for name in (SURVEY, CHOICES, EXTERNAL_CHOICES, OSM)
        }
        self.sheets[ENTITIES] = grouped(book, ENTITIES)
        self.origins = Origins(book, self.settings)
        self.remarks: list[Finding] = []

    def moved(self, document: Json, finding: Finding) -> Finding:
        """A finding on our JSON, told at the cell."""
        spellings = {code: spelling for spelling, code in self.languages.codes.items()}
        return self.origins.moved(document, finding, spellings)

    def document(self) -> Json:
        """The form's JSON. Raises FormErrors where something has no place in it."""
        self._declare_languages()
        survey = survey_of(self.sheets[SURVEY])
        lists = lists_in_the_end(self.sheets[CHOICES], survey.nodes)
        files = {str(node.cells["name"]): DATA_FILES[node.cells["type"]] for node in _data_files(survey.nodes)}
        nodes = [written_out(node, lists) for node in _without_data_files(survey.nodes)]
        none_option = aliases.yes_no.get(as_text(self._setting("add_none_option", "no")))
        items = Items(self.sheets[SURVEY], self.origins, self.languages, lists if none_option else None)
        try:
            questions = items.all(nodes)
        except Unsupported as unsupported:
            raise FormErrors([unsupported.finding(self.sheets[SURVEY], items.at)]) from unsupported
        except _UNFORESEEN as error:
            what = Unsupported(f"this row ({type(error).__name__})", "type")
            raise FormErrors([what.finding(self.sheets[SURVEY], items.at)]) from error
        form: Json = {"feldbuch_form": FORMAT_VERSION}
        form |= settings_of(self.settings, survey.settings, self.languages, self.own, self.book.stem)
        if files:
            form["data_files"] = files
        choices = Lists(self.origins, self.languages, self.own)
        for key, sheet in _LIST_SHEETS.items():
            if found := choices.of(key, self.sheets[sheet]):
                form[key] = found
        told = (unused(self.sheets[SURVEY]), unused(self.settings), items.remarks, choices.remarks)
        self.remarks.extend(finding for findings in told for finding in findings)
        if entities := [_entity(cells) for cells in self.sheets[ENTITIES].rows]:
            form["entities"] = entities
        form |= {key: self.own[key] for key in ("missing", "files") if key in self.own}
        form["languages"] = self._languages()
        form["questions"] = questions
        return form

    def _setting(self, name: str, otherwise: str) -> Any:  # noqa: ANN401  a cell
        return self.settings.rows[0].get(name, otherwise) if self.settings.rows else otherwise

    def _declare_languages(self) -> None:
        """Declare the languages in the order of the columns, a plain column standing for the default language.

        Where none is the default, clients begin with the first, which pyxform finds in its own way.
        """
        for sheet in (SURVEY, CHOICES):
            spellings = list(_spellings(self.sheets[sheet].headers))
            self.languages.explicit_default |= UNTOLD in spellings
            for spelling in spellings:
                if spelling is not None:
                    self.languages.code(spelling)
                elif self.default_spelling != UNTOLD:
                    self.languages.code(self.default_spelling)
        if self.default_spelling != UNTOLD:
            self.languages.code(self.default_spelling)

    def _languages(self) -> list[Json]:
        if self.first_language is not None and not self.own:
            first = self.languages.codes.get(self.first_language)
            self.languages.declared.sort(key=lambda language: language.code != first)
        found = [
            {key: value for key in ("code", "name", "spelling") if (value := getattr(language, key)) is not None}
            for language in self.languages.declared
        ]
        declared = any(each["code"] == UNTOLD for each in found)
        if not found or (not declared and not self.book.exact and self.languages.uses_untold):
            found.append({"code": UNTOLD})
        return found


def _entity(cells: Cells) -> Json:
    return {name: as_text(value) for name, value in cells.items()}


def _spellings(headers: Mapping[Tokens, str]) -> Iterator[str | None]:
    """The language of each column with texts, None for one without."""
    for tokens in headers:
        length = 1 if tokens[0] in _TRANSLATED else 2
        if length == 1 or tokens[0] == "media" or (tokens[0] == "bind" and tokens[1:2] and tokens[1] in _MESSAGES):
            if len(tokens) == length:
                yield None
            elif len(tokens) == length + 1:
                yield tokens[-1]


def _data_files(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.word is None and node.cells["type"] in DATA_FILES:
            yield node
        yield from _data_files(node.children)


def _without_data_files(nodes: list[Node]) -> list[Node]:
    for node in nodes:
        node.children = _without_data_files(node.children)
    return [node for node in nodes if node.word is not None or node.cells["type"] not in DATA_FILES]
