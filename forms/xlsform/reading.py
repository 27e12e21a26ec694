"""An XLSForm as a form of ours, checked against what pyxform makes of the file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyxform import aliases
from pyxform.validators.pyxform.choices import validate_headers

from forms.definition import Form
from forms.errors import Code, Finding, FormError, FormErrors, Severity
from forms.names import UNTOLD, pointer
from forms.schema import load_form
from forms.schema.document import FORMAT_VERSION
from forms.xform import compile_with_remarks
from forms.xlsform.book import Book, FailedCell, as_text
from forms.xlsform.files import read_book
from forms.xlsform.grouping import Grouped, Tokens, grouped, headers_of
from forms.xlsform.items import Items, Unsupported, media_of, texts
from forms.xlsform.judge import judge, remarks
from forms.xlsform.languages import Languages
from forms.xlsform.nodes import Cells, Node, lists_with_other, survey_of, written_out
from forms.xlsform.origins import Origin, Origins
from forms.xlsform.own import choice_places, from_json
from forms.xlsform.same import differences
from forms.xlsform.settings import settings_of
from forms.xlsform.sheets import (
    CHOICES,
    ENTITIES,
    EXTERNAL_CHOICES,
    OSM,
    OWN_PREFIX,
    SETTINGS,
    SURVEY,
)
from forms.xlsform.types import DATA_FILES

Json = dict[str, Any]

_LIST_SHEETS = {"choices": CHOICES, "external_choices": EXTERNAL_CHOICES, "tags": OSM}
_USED_COLUMNS = frozenset(
    {"type", "name", "label", "media", "hint", "guidance_hint", "bind", "control", "instance", "default", "intent"}
    | {"choice_filter", "parameters", "trigger", "disabled"}
)
_USED_SETTINGS = frozenset(
    {"id_string", "title", "name", "version", "default_language", "instance_name", "style", "clean_text_values"}
    | {"allow_choice_duplicates", "submission_url", "public_key", "auto_send", "auto_delete", "client_editable"}
    | {"omit_instanceID", "instance_id", "flat", "namespaces", "attribute", "instance", "instance_xmlns"}
    | {"prefix", "delimiter", "add_none_option"}
)
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
    if failed := [each for each in book.failed if _matters(book, each)]:
        raise FormErrors(each.place.finding(Code.CELL_ERROR, {"value": each.value}) for each in failed)
    ran = judge(book)
    reader = _Reader(book)
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
    def __init__(self, book: Book) -> None:
        self.book = book
        self.own = _own(book)
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
        self.at: tuple[Grouped, int | None] = (self.sheets[SURVEY], None)

    def moved(self, document: Json, finding: Finding) -> Finding:
        """A finding on our JSON, told at the cell."""
        spellings = {code: spelling for spelling, code in self.languages.codes.items()}
        return self.origins.moved(document, finding, spellings)

    def document(self) -> Json:
        """The form's JSON. Raises FormErrors where something has no place in it."""
        self._declare_languages()
        survey = survey_of(self.sheets[SURVEY])
        lists = self._lists(survey.nodes)
        files = {str(node.cells["name"]): DATA_FILES[node.cells["type"]] for node in _data_files(survey.nodes)}
        nodes = [written_out(node, lists) for node in _without_data_files(survey.nodes)]
        none_option = aliases.yes_no.get(as_text(self._setting("add_none_option", "no")))
        items = Items(self.sheets[SURVEY], self.origins, self.languages, lists if none_option else None)
        try:
            questions = items.all(nodes)
        except Unsupported as unsupported:
            place = self.sheets[SURVEY].place(items.at, *unsupported.tokens)
            finding = place.finding(Code.IMPORT_UNSUPPORTED, {"what": unsupported.what})
            raise FormErrors([finding]) from unsupported
        self.remarks.extend(items.remarks)
        self.remarks.extend(_unused(self.sheets[SURVEY], _USED_COLUMNS, Code.COLUMN_UNUSED))
        self.remarks.extend(_unused(self.settings, _USED_SETTINGS, Code.SETTING_UNUSED))
        form: Json = {"feldbuch_form": FORMAT_VERSION}
        form |= settings_of(self.settings, survey.settings, self.languages, self.own, self.book.stem)
        if files:
            form["data_files"] = files
        for key, sheet in _LIST_SHEETS.items():
            if choices := self._choices(key, self.sheets[sheet]):
                form[key] = choices
        if entities := [self._entity(cells) for cells in self.sheets[ENTITIES].rows]:
            form["entities"] = entities
        form |= {key: self.own[key] for key in ("missing", "files") if key in self.own}
        form["languages"] = self._languages()
        form["questions"] = questions
        return form

    def _setting(self, name: str, otherwise: str) -> Any:  # noqa: ANN401  a cell
        return self.settings.rows[0].get(name, otherwise) if self.settings.rows else otherwise

    def _declare_languages(self) -> None:
        """Declare the languages in the order of the columns, a plain column standing for the default language."""
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
        found = [
            {key: value for key in ("code", "name", "spelling") if (value := getattr(language, key)) is not None}
            for language in self.languages.declared
        ]
        declared = any(each["code"] == UNTOLD for each in found)
        if not declared and not self.book.exact and (self.languages.uses_untold or not found):
            found.append({"code": UNTOLD})
        return found

    def _lists(self, nodes: list[Node]) -> dict[str, list[Cells]]:
        """The choice lists as pyxform has them in the end: with the choice "other" where a question asks for it."""
        lists: dict[str, list[Cells]] = {}
        for cells in self.sheets[CHOICES].rows:
            if "list name" in cells:
                choice = {key: value for key, value in cells.items() if key != "list name"}
                lists.setdefault(cells["list name"], []).append(choice)
        for name in lists_with_other(nodes):
            if not any(choice["name"] == "other" for choice in lists[name]):
                spelled = {
                    each for choice in lists[name] if isinstance(choice.get("label"), dict) for each in choice["label"]
                }
                lists[name].append({"name": "other", "label": dict.fromkeys(sorted(spelled), "Other") or "Other"})
        return lists

    def _choices(self, key: str, sheet: Grouped) -> Json:
        dropped = set(validate_headers(tuple(sheet.headers), [])) if key == "choices" else set()
        found: Json = {}
        for position, cells in enumerate(sheet.rows):
            name = cells.get("list name")
            if name is None or (self.book.exact and str(name).startswith(OWN_PREFIX)):
                continue
            if "name" not in cells:
                self._left_out(sheet, position, "name")
                continue
            try:
                choice = self._choice({each: value for each, value in cells.items() if each not in dropped})
            except Unsupported as unsupported:
                place = sheet.place(position, *unsupported.tokens)
                finding = place.finding(Code.IMPORT_UNSUPPORTED, {"what": unsupported.what})
                raise FormErrors([finding]) from unsupported
            self.origins.note(choice, Origin(sheet, position))
            found.setdefault(as_text(name), []).append(choice)
        self._own_choices(key, found)
        return found

    def _choice(self, cells: Cells) -> Json:
        choice: Json = {"name": as_text(cells["name"])}
        if "label" in cells:
            choice["label"] = texts(cells["label"], self.languages, "label")
        if isinstance(cells.get("media"), Mapping):
            choice["media"] = media_of(cells["media"], self.languages)
        values: Json = {}
        for column, value in cells.items():
            if column not in ("list name", "name", "label", "media"):
                if isinstance(value, Mapping):
                    raise Unsupported(f"{column}::{next(iter(value), '')}", column)
                values[column] = value
        if values:
            choice["values"] = values
        return choice

    def _own_choices(self, key: str, lists: Json) -> None:
        """Who has read the choices over, and the lists that hold none, as our own sheet says."""
        for place, own in self.own.items():
            if place.startswith(pointer(key)) and place.count("/") == 2 and own == []:
                lists.setdefault(place.split("/")[2].replace("~1", "/").replace("~0", "~"), [])
        for name, choices in lists.items():
            places = choice_places(key, name, [choice["name"] for choice in choices])
            for place, choice in zip(places, choices, strict=True):
                if f"{place}/reviewed" in self.own:
                    choice["reviewed"] = self.own[f"{place}/reviewed"]

    def _entity(self, cells: Cells) -> Json:
        return {name: as_text(value) for name, value in cells.items()}

    def _left_out(self, sheet: Grouped, position: int, column: str) -> None:
        place = sheet.place(position, column)
        self.remarks.append(place.finding(Code.COLUMN_UNUSED, {"what": column}, Severity.NOTE))


def _own(book: Book) -> Json:
    """What our own sheet says, by place and key: `title`, `/choices/colour/red/reviewed`."""
    if book.own is None:
        return {}
    found: Json = {}
    for row in book.own.rows:
        place, key = str(row["place"]), str(row["key"])
        found[f"{place}{pointer(key)}" if place else key] = from_json(row["value"])
    for key in ("languages", "undeclared_languages"):
        found[key] = [each for each in _list(found.get(key)) if _is_language(each, declared=key == "languages")]
    return found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_language(value: object, *, declared: bool) -> bool:
    """Whether it is a language as our sheet tells it; somebody may have written over it."""
    if not declared:
        return isinstance(value, str)
    return (
        isinstance(value, dict) and isinstance(value.get("code"), str) and value.keys() <= {"code", "name", "spelling"}
    )


def _matters(book: Book, cell: FailedCell) -> bool:
    """Whether a cell stands in a column that means something."""
    used = {SURVEY: _USED_COLUMNS, SETTINGS: _USED_SETTINGS}.get(cell.sheet)
    tokens = {header: tokens for tokens, header in headers_of(book, cell.sheet).items()}.get(cell.place.column)
    return used is None or tokens is None or tokens[0] in used


def _unused(sheet: Grouped, used: frozenset[str], code: Code) -> Iterator[Finding]:
    """A note for each column that changes nothing, at its header."""
    for tokens, column in sheet.headers.items():
        if tokens[0] not in used and not tokens[0].startswith(OWN_PREFIX):
            yield sheet.place(None, *tokens).finding(code, {"what": column}, Severity.NOTE)


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
