"""What a change means: for the answers side by side, and for an open draft if it was moved to the new version."""

from collections.abc import Mapping

from forms.changes.model import Change, ChangeCode, DataMeaning, DraftMeaning, Spot, Subject

Params = Mapping[str, str]
_READ_BEFORE_ANSWERING = frozenset({"label", "hint", "guidance"})
_WITH_CHOICES = frozenset({"files", "data_files"})
_DECIDES_WHAT_FITS = frozenset({"parameters", "read_only"})

_DATA = {
    ChangeCode.RELEVANCE_CHANGED: DataMeaning.OTHER_PEOPLE,
    ChangeCode.REQUIRED_CHANGED: DataMeaning.OTHER_GAPS,
    ChangeCode.CONSTRAINT_CHANGED: DataMeaning.OTHER_RANGE,
    ChangeCode.FILTER_CHANGED: DataMeaning.OTHER_RANGE,
    ChangeCode.CALCULATION_CHANGED: DataMeaning.OTHER_VALUES,
    ChangeCode.DEFAULT_CHANGED: DataMeaning.OTHER_VALUES,
    ChangeCode.COUNT_CHANGED: DataMeaning.OTHER_ROUNDS,
    ChangeCode.LIST_CHANGED: DataMeaning.OTHER_CODES,
    ChangeCode.OTHER_CHANGED: DataMeaning.FURTHER_COLUMN,
    ChangeCode.KINDS_CHANGED: DataMeaning.FURTHER_COLUMN,
    ChangeCode.PROTECTION_CHANGED: DataMeaning.PROTECTION,
}
_DRAFTS = {
    ChangeCode.WORDING_CHANGED: DraftMeaning.SHOWS,
    ChangeCode.WORDING_ADDED: DraftMeaning.SHOWS,
    ChangeCode.WORDING_REMOVED: DraftMeaning.SHOWS,
    ChangeCode.MEDIA_CHANGED: DraftMeaning.SHOWS,
    ChangeCode.RELEVANCE_CHANGED: DraftMeaning.MAY_HIDE,
    ChangeCode.COUNT_CHANGED: DraftMeaning.MAY_HIDE,
    ChangeCode.REQUIRED_CHANGED: DraftMeaning.CHECKS,
    ChangeCode.CONSTRAINT_CHANGED: DraftMeaning.CHECKS,
    ChangeCode.FILTER_CHANGED: DraftMeaning.CHECKS,
    ChangeCode.CALCULATION_CHANGED: DraftMeaning.WORKS_OUT,
    ChangeCode.LIST_CHANGED: DraftMeaning.LOSES_CODE,
    ChangeCode.TYPE_CHANGED: DraftMeaning.LOSES,
    ChangeCode.RENAMED: DraftMeaning.LOSES,
    ChangeCode.MOVED: DraftMeaning.LOSES,
}


def for_data(change: Change) -> tuple[DataMeaning, Params]:
    """What the change means for the answers, with what its sentence names."""
    match change.spot.subject:
        case Subject.QUESTION:
            return _of_question(change)
        case Subject.CHOICE:
            return _of_choice(change)
        case Subject.REPEAT | Subject.GROUP:
            return _of_container(change)
        case Subject.MISSING:
            return _of_missing(change)
        case Subject.FORM if change.key == "id":
            return DataMeaning.OTHER_FORM, {}
        case Subject.FORM if change.key in _WITH_CHOICES:
            return DataMeaning.OTHER_CODES, {}
        case _:
            return DataMeaning.NOTHING, {}


def for_drafts(change: Change) -> DraftMeaning:
    """What would become of an open draft that was moved to the new version."""
    subject, code = change.spot.subject, change.code
    if subject is Subject.FORM and change.key == "id":
        return DraftMeaning.OTHER_FORM
    if subject is Subject.CHOICE and code is ChangeCode.REMOVED:
        return DraftMeaning.LOSES_CODE
    if subject is Subject.QUESTION and code is ChangeCode.ADDED:
        return DraftMeaning.ASKS if change.spot.asked else DraftMeaning.NOTHING
    if subject in (Subject.QUESTION, Subject.REPEAT) and code is ChangeCode.REMOVED:
        holds = change.spot.column is not None or subject is Subject.REPEAT
        return DraftMeaning.LOSES if holds else DraftMeaning.NOTHING
    if code is ChangeCode.KEY_CHANGED and change.key in _DECIDES_WHAT_FITS:
        return DraftMeaning.CHECKS
    if subject in (Subject.QUESTION, Subject.REPEAT, Subject.GROUP) or code in (
        ChangeCode.WORDING_CHANGED,
        ChangeCode.WORDING_ADDED,
        ChangeCode.WORDING_REMOVED,
        ChangeCode.MEDIA_CHANGED,
    ):
        return _DRAFTS.get(code, DraftMeaning.NOTHING)
    return DraftMeaning.NOTHING


def _of_question(change: Change) -> tuple[DataMeaning, Params]:
    old, new = change.old, change.new
    if old is None or new is None:
        if change.spot.column is None:
            return DataMeaning.NOTHING, {}
        meaning = DataMeaning.NEW_COLUMN if old is None else DataMeaning.COLUMN_ENDS
        return meaning, {"column": change.spot.column}
    if change.code in (ChangeCode.RENAMED, ChangeCode.MOVED, ChangeCode.TYPE_CHANGED):
        return _of_place(old, new)
    if new.column is None:
        return DataMeaning.NOTHING, {}
    if change.code in (ChangeCode.WORDING_CHANGED, ChangeCode.MEDIA_CHANGED) and _is_read(change):
        return DataMeaning.OTHER_WORDS, {}
    if change.code is ChangeCode.KEY_CHANGED and change.key in _DECIDES_WHAT_FITS:
        return DataMeaning.OTHER_RANGE, {}
    return _DATA.get(change.code, DataMeaning.NOTHING), {}


def _of_place(old: Spot, new: Spot) -> tuple[DataMeaning, Params]:
    """Of a question that stands elsewhere, is called otherwise or has another type."""
    if old.column is None or new.column is None:
        if old.column is None and new.column is None:
            return DataMeaning.NOTHING, {}
        meaning = DataMeaning.NEW_COLUMN if old.column is None else DataMeaning.COLUMN_ENDS
        return meaning, {"column": str(new.column or old.column)}
    if (old.table, old.column) != (new.table, new.column):
        return DataMeaning.TWO_COLUMNS, {"before": _where(old), "after": _where(new)}
    if old.column_kind is not new.column_kind:
        return DataMeaning.OTHER_TYPE, {"column": new.column, "before": str(old.column_kind)}
    return DataMeaning.SAME_COLUMN, {}


def _of_choice(change: Change) -> tuple[DataMeaning, Params]:
    if change.old is None or change.new is None:
        return DataMeaning.NEW_CODE if change.old is None else DataMeaning.CODE_ENDS, {"code": change.spot.name}
    if change.code in (ChangeCode.WORDING_CHANGED, ChangeCode.MEDIA_CHANGED):
        return DataMeaning.OTHER_WORDS, {}
    return DataMeaning.NOTHING, {}


def _of_container(change: Change) -> tuple[DataMeaning, Params]:
    old, new = change.old, change.new
    is_repeat = change.spot.subject is Subject.REPEAT
    if old is None or new is None:
        if not is_repeat:
            return DataMeaning.NOTHING, {}
        return DataMeaning.NEW_TABLE if old is None else DataMeaning.TABLE_ENDS, {"table": str(change.spot.table)}
    match change.code:
        case ChangeCode.RENAMED | ChangeCode.MOVED:
            return DataMeaning.TWO_TABLES if is_repeat else DataMeaning.COLUMNS_RENAMED, {}
        case ChangeCode.TYPE_CHANGED:
            return DataMeaning.TWO_TABLES, {}
        case ChangeCode.RELEVANCE_CHANGED:
            return DataMeaning.OTHER_PEOPLE, {}
        case ChangeCode.COUNT_CHANGED:
            return DataMeaning.OTHER_ROUNDS, {}
        case ChangeCode.WORDING_CHANGED if _is_read(change):
            return DataMeaning.OTHER_WORDS, {}
        case _:
            return DataMeaning.NOTHING, {}


def _of_missing(change: Change) -> tuple[DataMeaning, Params]:
    match change.code:
        case ChangeCode.ADDED:
            return DataMeaning.NEW_CODE, {"code": str(change.becomes)}
        case ChangeCode.REMOVED:
            return DataMeaning.CODE_ENDS, {"code": str(change.was)}
        case ChangeCode.CODE_CHANGED:
            return DataMeaning.CODE_REPLACED, {"before": str(change.was), "after": str(change.becomes)}
        case ChangeCode.WORDING_CHANGED:
            return DataMeaning.OTHER_WORDS, {}
        case _:
            return DataMeaning.NOTHING, {}


def _is_read(change: Change) -> bool:
    return change.code is ChangeCode.MEDIA_CHANGED or change.key in _READ_BEFORE_ANSWERING


def _where(spot: Spot) -> str:
    return f"{spot.table}: {spot.column}"
