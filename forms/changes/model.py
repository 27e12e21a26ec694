"""What a change is: a code, the place before and after, and what stood there and stands there now."""

from dataclasses import dataclass
from enum import StrEnum, unique

from forms.tables import ColumnKind


class Subject(StrEnum):
    """What changed."""

    FORM = "form"
    LANGUAGE = "language"
    QUESTION = "question"
    GROUP = "group"
    REPEAT = "repeat"
    LIST = "list"
    CHOICE = "choice"
    MISSING = "missing"


@unique
class ChangeCode(StrEnum):
    """Every kind of change. `key`, `language`, `was` and `becomes` of the change are given where they are named."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"  # A guess: the same type and place, and nearly the same texts
    MOVED = "moved"  # Into another group or repeat (was, becomes: the names around it)
    REORDERED = "reordered"  # Among the same neighbours
    TYPE_CHANGED = "type_changed"  # (was, becomes)
    WORDING_CHANGED = "wording_changed"  # (key, language, was, becomes)
    WORDING_ADDED = "wording_added"  # (key, language, becomes)
    WORDING_REMOVED = "wording_removed"  # (key, language, was)
    MEDIA_CHANGED = "media_changed"  # A picture or sound (key, language, was, becomes)
    REVIEW_CHANGED = "review_changed"  # Who read the texts over (language, was, becomes)
    RELEVANCE_CHANGED = "relevance_changed"  # (was, becomes), as below; None is nothing
    REQUIRED_CHANGED = "required_changed"
    CONSTRAINT_CHANGED = "constraint_changed"
    CALCULATION_CHANGED = "calculation_changed"
    DEFAULT_CHANGED = "default_changed"
    COUNT_CHANGED = "count_changed"
    LIST_CHANGED = "list_changed"  # Where the choices come from
    FILTER_CHANGED = "filter_changed"
    OTHER_CHANGED = "other_changed"  # Whether own words can be given
    KINDS_CHANGED = "kinds_changed"  # Which kinds of missing answer are offered
    CODE_CHANGED = "code_changed"  # The code of a kind of missing answer
    PROTECTION_CHANGED = "protection_changed"  # personal, special_category, consent (key)
    KEY_CHANGED = "key_changed"  # Anything else (key)


@unique
class DataMeaning(StrEnum):
    """What a change means for the answers; see `forms.answers.versions` for the columns of several versions."""

    NOTHING = "nothing"
    SAME_COLUMN = "same_column"
    NEW_COLUMN = "new_column"  # (column)
    COLUMN_ENDS = "column_ends"  # (column)
    TWO_COLUMNS = "two_columns"  # (before, after)
    COLUMNS_RENAMED = "columns_renamed"
    OTHER_TYPE = "other_type"  # (column, before)
    NEW_TABLE = "new_table"  # (table)
    TABLE_ENDS = "table_ends"  # (table)
    TWO_TABLES = "two_tables"
    NEW_CODE = "new_code"  # (code)
    CODE_ENDS = "code_ends"  # (code)
    CODE_REPLACED = "code_replaced"  # (before, after)
    OTHER_CODES = "other_codes"
    OTHER_WORDS = "other_words"
    OTHER_PEOPLE = "other_people"
    OTHER_GAPS = "other_gaps"
    OTHER_RANGE = "other_range"
    OTHER_VALUES = "other_values"
    OTHER_ROUNDS = "other_rounds"
    FURTHER_COLUMN = "further_column"
    PROTECTION = "protection"
    OTHER_FORM = "other_form"


@unique
class DraftMeaning(StrEnum):
    """What would become of an open draft, was it moved to the new version. By itself it stays with its own."""

    NOTHING = "nothing"
    ASKS = "asks"
    LOSES = "loses"
    LOSES_CODE = "loses_code"
    SHOWS = "shows"
    MAY_HIDE = "may_hide"
    CHECKS = "checks"
    WORKS_OUT = "works_out"
    OTHER_FORM = "other_form"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """Where something stands in one version.

    `path` are the names around it and its own; of a choice, the list and its name. `table` and `column` are where the
    answers to a question stand, None where there are none; `asked` says whether somebody answers.
    """

    subject: Subject
    pointer: str
    path: tuple[str, ...]
    table: str | None = None
    column: str | None = None
    column_kind: ColumnKind | None = None
    asked: bool = False

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `old` is None for what was added, `new` for what was removed."""

    code: ChangeCode
    old: Spot | None
    new: Spot | None
    key: str | None = None
    language: str | None = None
    was: str | None = None
    becomes: str | None = None

    @property
    def spot(self) -> Spot:
        """Where it stands now, or stood last."""
        found = self.new or self.old
        if found is None:
            raise ValueError("a change of nothing")
        return found
