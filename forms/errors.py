"""What can be wrong with a form, or with an answer: stable codes, places and parameters.

The library tells *what* and *where*; the sentences that people read, with their remedies, stand in the
catalogue of whoever uses the library, under the same codes and with the parameters named here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique


class Severity(StrEnum):
    """How grave a finding is.

    An error blocks publishing. The gate blocks it as well, and opens by a deliberate override that is recorded. A
    warning is only told, and a note is good to know.
    """

    ERROR = "error"
    GATE = "gate"
    WARNING = "warning"
    NOTE = "note"


@unique
class Code(StrEnum):
    """Every code, one meaning each; the parameters stand in brackets."""

    # The document as such
    JSON_SYNTAX = "form.json_syntax"  # The bytes are not JSON (line, column)
    JSON_DUPLICATE_KEY = "form.json_duplicate_key"  # An object names a key twice (key)
    NOT_UTF8 = "form.not_utf8"  # The bytes are not UTF-8
    TOO_LARGE = "form.too_large"  # The document has too many bytes (limit)
    TOO_DEEP = "form.too_deep"  # Groups and repeats are nested too deeply (limit)
    TOO_MANY_QUESTIONS = "form.too_many_questions"  # More questions than allowed (limit)
    FORMAT_VERSION = "form.format_version"  # "feldbuch_form" is not a number we know (expected)

    # Keys and values
    UNKNOWN_KEY = "form.unknown_key"  # No such key here (key, known)
    UNKNOWN_KEY_NEAR = "form.unknown_key_near"  # No such key here, but a similar one (key, nearest)
    MISSING_KEY = "form.missing_key"  # A required key is not there (key)
    NULL_VALUE = "form.null_value"  # null stands where a value must stand (key)
    EXPECTED_OBJECT = "form.expected_object"  # Must be an object
    EXPECTED_LIST = "form.expected_list"  # Must be a list
    EXPECTED_TEXT = "form.expected_text"  # Must be a text
    EXPECTED_TEXTS = "form.expected_texts"  # Must be a map from language to text
    EXPECTED_BOOLEAN = "form.expected_boolean"  # Must be true or false
    EXPECTED_CONDITION = "form.expected_condition"  # Must be true, false or an expression
    EXPECTED_SCALAR = "form.expected_scalar"  # Must be a text or a number
    EXPECTED_COUNT = "form.expected_count"  # Must be a whole number from 0 up, or an expression
    EXPECTED_NUMBER = "form.expected_number"  # Must be a number
    EXPECTED_WHOLE_NUMBER = "form.expected_whole_number"  # Must be a whole number from 0 up
    EXPECTED_MISSING_CODE = "form.expected_missing_code"  # Must be a whole number other than 0 (limit)
    BAD_NUMBER = "form.bad_number"  # Not finite, or beyond what JSON carries exactly
    EMPTY_TEXT = "form.empty_text"  # The text is empty or blank
    TEXT_TOO_LONG = "form.text_too_long"  # The text is too long (limit)
    ILLEGAL_CHARACTER = "form.illegal_character"  # A character that XML cannot carry (character)
    EMPTY_LIST = "form.empty_list"  # The list must hold something
    EMPTY_MAP = "form.empty_map"  # The object must hold something
    TOO_MANY = "form.too_many"  # The list or object holds too many entries (limit)
    NAMED_TWICE = "form.named_twice"  # A list names one thing twice (value)
    EMPTY_TEXTS = "form.empty_texts"  # The map of languages is empty
    UNKNOWN_TYPE = "form.unknown_type"  # No such question type (type, known)
    UNKNOWN_TYPE_NEAR = "form.unknown_type_near"  # No such type, but a similar one (type, nearest)
    UNKNOWN_VALUE = "form.unknown_value"  # Not one of the allowed words (value, known)
    BAD_FORM_ID = "form.bad_form_id"  # The form's id breaks the rule (value)
    BAD_NAME = "form.bad_name"  # The name breaks the rule (value)
    BAD_CHOICE_NAME = "form.bad_choice_name"  # A choice's name breaks the rule (value)
    BAD_LIST_NAME = "form.bad_list_name"  # A choice list's name breaks the rule (value)
    BAD_LANGUAGE = "form.bad_language"  # Not a language code (value)
    BAD_LANGUAGE_NAME = "form.bad_language_name"  # A language cannot be called so (value)
    BAD_MISSING_KIND = "form.bad_missing_kind"  # The name of a kind of missing answer breaks the rule (value)
    BAD_ATTRIBUTE = "form.bad_attribute"  # Not the name of an XML attribute (value)
    BAD_ADDRESS = "form.bad_address"  # Not an address (value)
    BAD_FILE_NAME = "form.bad_file_name"  # Not a plain file name (value)
    BAD_CHOICES_FILE = "form.bad_choices_file"  # Not the name of a .csv, .xml or .geojson file (value)
    BAD_HASH = "form.bad_hash"  # Not a SHA-256 in lower-case hexadecimal (value)
    ATTRIBUTE_HAS_KEY = "form.attribute_has_key"  # The language has a key for the attribute (attribute, key)
    SECOND_CHOICES = "form.second_choices"  # Choices come from two places (key, other)
    BAD_PARAMETER = "form.bad_parameter"  # A parameter's value holds blanks or separators (parameter)

    # Checks
    DUPLICATE_NAME = "form.duplicate_name"  # Two neighbours have one name (name, other)
    DUPLICATE_REPEAT = "form.duplicate_repeat"  # Two repeats have one name (name, other)
    DUPLICATE_CHOICE = "form.duplicate_choice"  # Two choices of a list have one name (name, list)
    DUPLICATE_LANGUAGE = "form.duplicate_language"  # A language is declared twice (language)
    SIMILAR_NAME = "form.similar_name"  # Names differ in upper and lower case only (name, other)
    RESERVED_NAME = "form.reserved_name"  # The name is kept for the format (name)
    COLUMN_COLLISION = "form.column_collision"  # Two questions give one column (column, table, other)
    DEFAULT_LANGUAGE = "form.default_language"  # The default language is not declared (language)
    UNDECLARED_LANGUAGE = "form.undeclared_language"  # A text in an undeclared language (language)
    MISSING_TRANSLATION = "form.missing_translation"  # A text lacks a declared language (language)
    UNKNOWN_REFERENCE = "form.unknown_reference"  # ${name} names nothing (name, key)
    UNKNOWN_REFERENCE_NEAR = "form.unknown_reference_near"  # The same (name, key, nearest)
    AMBIGUOUS_REFERENCE = "form.ambiguous_reference"  # ${name} names several (name, key)
    LATER_REFERENCE = "form.later_reference"  # A constraint looks at a later question (name)
    EXPRESSION_SYNTAX = "form.expression_syntax"  # Brackets, quotes or ${ are not closed (key)
    CYCLE = "form.cycle"  # Questions depend on each other in a circle (names)
    CHOICES_MISSING = "form.choices_missing"  # No such choice list (list)
    CHOICES_MISSING_NEAR = "form.choices_missing_near"  # No such list, but a similar one (list, nearest)
    CHOICES_EMPTY = "form.choices_empty"  # The choice list is empty (list)
    CHOICES_UNUSED = "form.choices_unused"  # No question uses the list (list)
    OR_OTHER_UNTRANSLATED = "form.or_other_untranslated"  # "or_other" brings English texts
    EMPTY_GROUP = "form.empty_group"  # A group or repeat without questions (name)
    NO_INSTANCE_ID = "form.no_instance_id"  # Its instances would carry no instanceID
    LABEL_MISSING = "form.label_missing"  # Asked without any text or picture (name)
    ONLY_HINT = "form.only_hint"  # A hint, picture or sound, and no label (name)
    CHOICE_WITHOUT_LABEL = "form.choice_without_label"  # The choice shows its name (name, list)
    TITLE_UNTRANSLATED = "form.title_untranslated"  # The title is there in one language only (language)
    MISSING_MEDIA = "form.missing_media"  # A picture or sound lacks a declared language (language, medium)
    STUDY_LANGUAGE = "form.study_language"  # The form lacks a language of the study (language)
    TEXT_REFERENCES = "form.text_references"  # A text names other answers than the default language's (language, names)
    DRAFT_TEXTS = "form.draft_texts"  # Nobody has reviewed the texts (language, count, total)
    CONSENT_MISSING = "form.consent_missing"  # Personal, and nobody asked for consent before (name)
    CONSENT_NOT_DEMANDED = "form.consent_not_demanded"  # Personal, and asked also without the yes (name, consent)
    CONSENT_WITHOUT_YES = "form.consent_without_yes"  # A consent question that has no choice "yes" (name)
    LIFE_HISTORY_LACKS = "form.life_history_lacks"  # A life history without a question it needs (name, lacking, names)
    LIFE_HISTORY_KIND = "form.life_history_kind"  # A question that a calendar reads is of another type (name, expected)
    LIFE_HISTORY_COUNTED = "form.life_history_counted"  # The form counts the spells, so that none can be drawn (name)
    LIFE_HISTORY_YES_NO = "form.life_history_yes_no"  # The list has no choices "yes" and "no" (name)
    LIFE_HISTORY_EVENT = "form.life_history_event"  # The name of an event does not end in its year (name, list)
    NOT_A_QUESTION = "form.not_a_question"  # A trigger that is a group or repeat (name)
    NOT_IN_REPEAT = "form.not_in_repeat"  # Choices from a question that is in no repeat (name)
    NOT_A_REPEAT = "form.not_a_repeat"  # An entity for each round of what is no repeat (name)
    UNKNOWN_INSTANCE = "form.unknown_instance"  # instance('name') is no list and no file (name, key)
    ENTITY_UNDECLARED = "form.entity_undeclared"  # save_to, and the form declares no entity (property)
    MISSING_UNDECLARED = "form.missing_undeclared"  # Missing answers offered that the form does not declare (name)
    MISSING_KIND = "form.missing_kind"  # No such kind of missing answer (kind, known)
    MISSING_CODE_TWICE = "form.missing_code_twice"  # Two kinds of missing answer have one code (code, kind, other)
    MISSING_CODE_TAKEN = "form.missing_code_taken"  # A choice is called as a missing kind's code (code, kind, list)
    SPSS_NAME_LONG = "form.spss_name_long"  # The variable's name is too long for SPSS (variable, limit)
    STATA_NAME_LONG = "form.stata_name_long"  # ... for Stata (variable, limit)
    NAME_CHARACTERS = "form.name_characters"  # A statistics program does not take the characters (variable, program)
    NAME_IS_COMMAND = "form.name_is_command"  # The name is a word of the program's own (variable, program)
    VARIABLE_COLLISION = "form.variable_collision"  # Two questions make one variable (variable, other)
    SPSS_LABEL_LONG = "form.spss_label_long"  # SPSS would cut the label (languages, limit)
    STATA_LABEL_LONG = "form.stata_label_long"  # Stata would cut the label (languages, limit)
    SPSS_CHOICE_LABEL_LONG = "form.spss_choice_label_long"  # SPSS would cut the choice's label (languages, limit)
    STATA_CHOICE_LABEL_LONG = "form.stata_choice_label_long"  # Stata would cut the choice's label (languages, limit)
    MIXED_CODES = "form.mixed_codes"  # Some choices of a list are numbers and some are not (list, names)
    PYXFORM_REFUSED = "form.pyxform_refused"  # pyxform refuses the form (message)
    PYXFORM_BROKE = "form.pyxform_broke"  # pyxform fails without a message of its own (message)
    PYXFORM_REMARK = "form.pyxform_remark"  # pyxform takes the form, with a remark (message)
    VALIDATE_REFUSED = "form.validate_refused"  # ODK Validate refuses the form (message)
    VALIDATE_REMARK = "form.validate_remark"  # ODK Validate takes the form, with a remark (message)
    VALIDATE_NO_JAVA = "form.validate_no_java"  # ODK Validate did not run: there is no Java
    VALIDATE_NO_PROGRAM = "form.validate_no_program"  # ODK Validate did not run: it is not there
    VALIDATE_TOO_SLOW = "form.validate_too_slow"  # ODK Validate was ended (seconds)

    # Files that a form uses, bound when it is published
    FILE_MISSING = "form.file_missing"  # Nothing is there under the name of a file with data (file)
    FILE_UNKNOWN = "form.file_unknown"  # The bytes that the form names are not there (file, hash)
    FILE_COLUMN = "form.file_column"  # A column that the form looks at is not in the file (file, column, known)
    FILE_LONG = "form.file_long"  # A table has so many rows that tablets are slow (file, rows, limit)
    FILE_OLDER = "form.file_older"  # The form keeps to older bytes than the newest of the name (file)
    FILE_UNUSED = "form.file_unused"  # The form names the bytes of a file that it does not use (file)
    MEDIA_MISSING = "form.media_missing"  # A picture or sound of a text is not there (file)

    # Spreadsheets: beside what is named here, each has sheet, row, column and cell where they can be told
    SPREADSHEET_TYPE = "form.spreadsheet_type"  # Neither .xlsx, .xls, .csv nor .md (known)
    SPREADSHEET_BROKEN = "form.spreadsheet_broken"  # Not the kind of file that its name says (message)
    SPREADSHEET_UNPACKS = "form.spreadsheet_unpacks"  # Unpacks to too many bytes (part, limit)
    SPREADSHEET_DTD = "form.spreadsheet_dtd"  # XML in the file holds a DTD (part)
    SHEET_TOO_LARGE = "form.sheet_too_large"  # A sheet has too many rows or columns (limit)
    BYTE_ORDER_MARK = "form.byte_order_mark"  # The file begins with a byte order mark
    HEADER_NOT_TEXT = "form.header_not_text"  # The header of a column is no text (value)
    CELL_ERROR = "form.cell_error"  # A formula in the cell failed (value)
    COLUMN_UNUSED = "form.column_unused"  # A column that changes nothing there (what)
    SETTING_UNUSED = "form.setting_unused"  # A setting that changes nothing (what)
    IMPORT_UNSUPPORTED = "form.import_unsupported"  # A way of saying something that has no place in our language (what)
    IMPORT_DIFFERS = "form.import_differs"  # The form would become another one than pyxform makes of it (what)
    XFORM_BROKEN = "form.xform_broken"  # What pyxform makes of the form is no XML (message)

    # Answers
    ANSWERS_SYNTAX = "answers.xml_syntax"  # The bytes are not well-formed XML (line, column)
    ANSWERS_DTD = "answers.dtd"  # The XML holds a DTD
    ANSWERS_ENCODING = "answers.encoding"  # The XML is not UTF-8
    ANSWERS_TOO_LARGE = "answers.too_large"  # The XML has too many bytes (limit)
    ANSWERS_TOO_DEEP = "answers.too_deep"  # The XML is nested too deeply (limit)
    ANSWERS_OTHER_FORM = "answers.other_form"  # The XML answers another form (found, expected)
    ANSWERS_OTHER_VERSION = "answers.other_version"  # ... another version of the form (found, expected)
    ANSWERS_UNKNOWN_VERSION = "answers.unknown_version"  # The XML is of a version that is not known here (found)
    ANSWERS_UNCHECKED = "answers.unchecked"  # A condition that answers alone do not decide (key, name, needed)
    ANSWERS_TYPE_CHANGED = "answers.type_changed"  # Versions ask a question in two types (name, table, before, after)
    ANSWERS_MOVED = "answers.moved"  # Versions ask a question in two places (name, before, after)
    ANSWERS_NO_INSTANCE_ID = "answers.no_instance_id"  # The XML carries no instanceID
    ANSWER_NOT_INTEGER = "answer.not_integer"  # Not a whole number
    ANSWER_NOT_DECIMAL = "answer.not_decimal"  # Not a decimal number
    ANSWER_NOT_DATE = "answer.not_date"  # Not an ISO date
    ANSWER_NOT_TIME = "answer.not_time"  # Not an ISO time
    ANSWER_NOT_DATETIME = "answer.not_datetime"  # Not an ISO date with time
    ANSWER_NOT_GEOPOINT = "answer.not_geopoint"  # Not latitude, longitude, altitude, accuracy
    ANSWER_NOT_GEOTRACE = "answer.not_geotrace"  # Not a line of points
    ANSWER_NOT_GEOSHAPE = "answer.not_geoshape"  # Not a closed ring of points
    ANSWER_OUT_OF_RANGE = "answer.out_of_range"  # Not within the range (low, high)
    ANSWER_CONSTRAINT = "answer.constraint"  # The constraint does not hold (constraint)
    ANSWER_REQUIRED = "answer.required"  # No answer where one is required
    ANSWER_NOT_ASKED = "answer.not_asked"  # An answer to what is not asked (relevant)
    ANSWER_CHOICE_NOT_OFFERED = "answer.choice_not_offered"  # A choice that was not offered in this case (list)
    ANSWER_AND_MISSING = "answer.and_missing"  # An answer, and a reason why there is none
    ANSWER_UNKNOWN_CHOICE = "answer.unknown_choice"  # A choice the list does not hold (list)
    ANSWER_REPEATED_CHOICE = "answer.repeated_choice"  # A choice twice in one answer
    ANSWER_UNKNOWN_ELEMENT = "answer.unknown_element"  # An element the form does not hold
    ANSWER_DUPLICATE_ELEMENT = "answer.duplicate_element"  # An element twice in one place
    ANSWER_STRAY_TEXT = "answer.stray_text"  # Text where no answer belongs


Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, told but not raised.

    `pointer` is a JSON pointer (RFC 6901) into the form's JSON, '' for the whole document; for a finding on
    answers it is the path of the XML element, the positions of repeats included; for one on a spreadsheet it names the
    cell by sheet, row and header of the column, as in `/survey/7/type`, and the parameters sheet, row, column and cell
    (as in `survey!A7`) say the same.
    """

    code: Code
    pointer: str = ""
    params: Params = field(default_factory=dict)
    severity: Severity = Severity.ERROR


class FormError(Exception):
    """One thing that stops the work, with the place of it. See `Finding` for the fields."""

    def __init__(self, code: Code, pointer: str = "", params: Params | None = None) -> None:
        self.code = code
        self.pointer = pointer
        self.params: dict[str, str | int] = dict(params or {})
        super().__init__(f"{code.value} at {pointer or 'the document'}: {self.params}")

    def finding(self) -> Finding:
        """The same as a finding of severity error."""
        return Finding(self.code, self.pointer, self.params)


class FormErrors(Exception):  # noqa: N818  several errors in one: the plural says it
    """Everything that was found wrong at once; `errors` is never empty."""

    def __init__(self, errors: Iterable[Finding]) -> None:
        self.errors: tuple[Finding, ...] = tuple(errors)
        super().__init__("; ".join(f"{e.code.value} at {e.pointer or 'the document'}" for e in self.errors[:20]))
