"""Parts of rows: the word for a type, the columns of attributes, and the order of the choice lists."""

from collections.abc import Mapping

from forms.definition import Attributes, Form, Kind, Question, Scalar, walk
from forms.xlsform.sheets import Cell, Row

_TYPES = {
    Kind.DATETIME: "dateTime",
    Kind.START_GEOPOINT: "start-geopoint",
    Kind.BACKGROUND_GEOPOINT: "background-geopoint",
    Kind.BACKGROUND_AUDIO: "background-audio",
}
# Attributes that have a column of their own, for the types that have no key for them: pyxform takes no sheet with two
# names for one column.
_COLUMNS = {
    "bind": {
        "relevant": "relevant",
        "required": "required",
        "jr:requiredMsg": "required_message",
        "readonly": "read_only",
        "constraint": "constraint",
        "jr:constraintMsg": "constraint_message",
        "jr:noAppErrorString": "no_app_error_string",
        "calculate": "calculation",
        "entities:saveto": "save_to",
    },
    "body": {"appearance": "appearance", "jr:count": "repeat_count"},
}


def lists_in_use(form: Form) -> list[str]:
    """The names of the choice lists: first those that questions use, in the order of the questions, then the rest."""
    used = (place.item.choices for place in walk(form) if isinstance(place.item, Question) and place.item.choices)
    return list(dict.fromkeys([*(name for name in used if form.choice_list(name)), *sorted(form.choices or {})]))


def type_of(item: Question) -> str:
    """What stands in the column `type`."""
    word = _TYPES.get(item.kind, item.kind.value)
    if item.choices is not None:
        return f"{word} {item.choices} or_other" if item.or_other else f"{word} {item.choices}"
    if item.choices_file is not None:
        # The word for files takes no file with further dots in its name, and there is none for ranking.
        plain = item.kind is Kind.RANK or item.choices_file.count(".") > 1
        return f"{word} {item.choices_file}" if plain else f"{word}_from_file {item.choices_file}"
    if item.choices_from is not None:
        return f"{word} ${{{item.choices_from}}}"
    if item.choices_external is not None:
        return f"{word}_external {item.choices_external}"
    return f"{word} {item.tags}" if item.tags is not None else word


def put_attributes(row: Row, attributes: Attributes | None) -> None:
    """Put the XML attributes of an item into its row."""
    if attributes is None:
        return
    for element in ("bind", "body", "instance"):
        for name, value in sorted((getattr(attributes, element) or {}).items()):
            row[_COLUMNS.get(element, {}).get(name, f"{element}::{name}")] = value


def put(row: Row, cells: Mapping[str, Cell | Scalar | None]) -> None:
    """Put the cells that hold something into a row."""
    row.update((column, value) for column, value in cells.items() if value is not None)


def places_of_data_files(form: Form) -> dict[str, list[tuple[str, str]]]:
    """The data files, name and kind, by the pointer of the group in which their rows stand; '' for none.

    It makes no difference where, except that neighbours have different names.
    """
    names: dict[str, set[str]] = {"": {item.name for item in form.questions}}
    for place in walk(form):
        if not isinstance(place.item, Question):
            names[place.pointer] = {item.name for item in place.item.questions}
    found: dict[str, list[tuple[str, str]]] = {}
    for name, kind in sorted((form.data_files or {}).items()):
        where = next((pointer for pointer, taken in names.items() if name not in taken), "")
        found.setdefault(where, []).append((name, kind))
    return found
