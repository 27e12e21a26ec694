"""A form as the rows of an XLSForm: survey, choices and settings, each a list of columns to texts.

Rows are a function of the canonical JSON alone: maps, whose order canonical JSON does not keep, are sorted, and
numbers are written as canonical JSON writes them. So one version hash always gives the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from forms.definition import Form, Group, Item, Kind, Question, Repeat, Scalar, Text
from forms.names import pointer
from forms.schema import dump_form
from forms.version import canonical_json, version_hash

Row = dict[str, str]

FIRST_ROW = 2
"""Sheets count from 1 and begin with the header."""

_TYPES = {Kind.DATETIME: "dateTime"}


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets of an XLSForm, and for each survey and choices row the JSON pointer it was made from."""

    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: Row
    survey_pointers: tuple[str, ...]
    choice_pointers: tuple[str, ...]

    def as_workbook(self) -> dict[str, object]:
        """The sheets as `pyxform.xls2xform.convert` takes them."""
        workbook: dict[str, object] = {"settings": [dict(self.settings)], "settings_header": _header([self.settings])}
        for sheet, rows in (("survey", self.survey), ("choices", self.choices)):
            if rows or sheet == "survey":
                workbook[sheet] = [dict(row) for row in rows]
                workbook[f"{sheet}_header"] = _header(rows)
        return workbook


def to_sheets(form: Form) -> Sheets:
    """The form as XLSForm sheets; its version is the hash of its canonical JSON (all 64 digits)."""
    return _Writer(form).write()


def scalar_text(value: Scalar | bool) -> str:
    """A value as a cell holds it: true and false in lower case, numbers as canonical JSON writes them."""
    if isinstance(value, str):
        return value
    return canonical_json(value).decode()


def _header(rows: object) -> list[dict[str, None]]:
    columns: dict[str, None] = {"type": None, "name": None} if not rows else {}
    for row in rows:  # type: ignore[attr-defined]
        columns.update(dict.fromkeys(row))
    return [columns]


class _Writer:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.titles = {language.code: language.title for language in form.languages}
        self.survey: list[Row] = []
        self.survey_pointers: list[str] = []

    def write(self) -> Sheets:
        self._items(self.form.questions, "")
        choices: list[Row] = []
        choice_pointers: list[str] = []
        for name in sorted(self.form.choices or {}):
            for position, choice in enumerate(self.form.choice_list(name) or ()):
                row = {"list_name": name, "name": choice.name}
                self._texts(row, "label", choice.label)
                row.update({key: scalar_text(value) for key, value in sorted((choice.values or {}).items())})
                choices.append(row)
                choice_pointers.append(pointer("choices", name, position))
        return Sheets(
            tuple(self.survey), tuple(choices), self._settings(), tuple(self.survey_pointers), tuple(choice_pointers)
        )

    def _settings(self) -> Row:
        form = self.form
        row = {
            "form_id": form.id,
            "form_title": form.title.get(form.default_language) or form.title[min(form.title)],
            "version": version_hash(dump_form(form)),
            "default_language": self._title(form.default_language),
            # Texts are ours as they are; pyxform would otherwise fold their white space.
            "clean_text_values": "no",
        }
        if form.instance_name is not None:
            row["instance_name"] = form.instance_name
        if form.style is not None:
            row["style"] = form.style
        return row

    def _items(self, items: tuple[Item, ...], parent: str) -> None:
        for position, item in enumerate(items):
            here = f"{parent}/questions/{position}"
            if isinstance(item, Question):
                self._add(self._question(item), here)
                continue
            word = "group" if isinstance(item, Group) else "repeat"
            self._add(self._container(item, word), here)
            self._items(item.questions, here)
            self._add({"type": f"end_{word}"}, here)

    def _add(self, row: Row, place: str) -> None:
        self.survey.append(row)
        self.survey_pointers.append(place)

    def _container(self, item: Group | Repeat, word: str) -> Row:
        row = {"type": f"begin_{word}", "name": item.name}
        self._texts(row, "label", item.label)
        _put(row, {"relevant": item.relevant, "read_only": item.read_only, "appearance": item.appearance})
        if isinstance(item, Repeat):
            _put(row, {"repeat_count": item.count})
        return row

    def _question(self, item: Question) -> Row:
        row = {"type": _type(item), "name": item.name}
        self._texts(row, "label", item.label)
        self._texts(row, "hint", item.hint)
        self._texts(row, "guidance_hint", item.guidance)
        _put(row, {"relevant": item.relevant, "required": item.required})
        self._texts(row, "required_message", item.required_message)
        _put(row, {"read_only": item.read_only, "constraint": item.constraint})
        self._texts(row, "constraint_message", item.constraint_message)
        _put(
            row,
            {
                "calculation": item.calculation,
                "default": item.default,
                "appearance": item.appearance,
                "choice_filter": item.choice_filter,
            },
        )
        if item.parameters:
            row["parameters"] = " ".join(
                f"{name}={scalar_text(value)}" for name, value in sorted(item.parameters.items())
            )
        return row

    def _texts(self, row: Row, column: str, texts: Text | None) -> None:
        for language in sorted(texts or {}):
            row[f"{column}::{self._title(language)}"] = (texts or {})[language]

    def _title(self, language: str) -> str:
        return self.titles.get(language, language)


def _type(item: Question) -> str:
    word = _TYPES.get(item.kind, item.kind.value)
    if item.choices is None:
        return word
    return f"{word} {item.choices} or_other" if item.or_other else f"{word} {item.choices}"


def _put(row: Row, cells: Mapping[str, Scalar | bool | None]) -> None:
    for column, value in cells.items():
        if value is True or value is False:
            row[column] = "yes" if value else "no"
        elif value is not None:
            row[column] = scalar_text(value)
