"""What can be wrong with a form, or with an answer: stable codes, places and parameters.

The library tells *what* and *where*; the sentences that people read, with their remedies, stand in the
catalogue of whoever uses the library, under the same codes and with the parameters named here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique


class Severity(StrEnum):
    """How grave a finding is: an error blocks publishing, a warning is only told."""

    ERROR = "error"
    WARNING = "warning"


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
    BAD_NUMBER = "form.bad_number"  # Not finite, or beyond what JSON carries exactly
    EMPTY_TEXT = "form.empty_text"  # The text is empty or blank
    TEXT_TOO_LONG = "form.text_too_long"  # The text is too long (limit)
    ILLEGAL_CHARACTER = "form.illegal_character"  # A character that XML cannot carry (character)
    EMPTY_LIST = "form.empty_list"  # The list must hold something
    EMPTY_TEXTS = "form.empty_texts"  # The map of languages is empty
    UNKNOWN_TYPE = "form.unknown_type"  # No such question type (type, known)
    UNKNOWN_TYPE_NEAR = "form.unknown_type_near"  # No such type, but a similar one (type, nearest)
    UNKNOWN_VALUE = "form.unknown_value"  # Not one of the allowed words (value, known)
    BAD_FORM_ID = "form.bad_form_id"  # The form's id breaks the rule (value)
    BAD_NAME = "form.bad_name"  # The name breaks the rule (value)
    BAD_CHOICE_NAME = "form.bad_choice_name"  # A choice's name breaks the rule (value)
    BAD_LANGUAGE = "form.bad_language"  # Not a language code (value)
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
    PYXFORM_REFUSED = "form.pyxform_refused"  # pyxform refuses the form (message)
    PYXFORM_BROKE = "form.pyxform_broke"  # pyxform fails without a message of its own (message)
    VALIDATE_REFUSED = "form.validate_refused"  # ODK Validate refuses the form (message)

    # Answers
    ANSWERS_SYNTAX = "answers.xml_syntax"  # The bytes are not well-formed XML (line, column)
    ANSWERS_DTD = "answers.dtd"  # The XML holds a DTD
    ANSWERS_ENCODING = "answers.encoding"  # The XML is not UTF-8
    ANSWERS_TOO_LARGE = "answers.too_large"  # The XML has too many bytes (limit)
    ANSWERS_TOO_DEEP = "answers.too_deep"  # The XML is nested too deeply (limit)
    ANSWERS_OTHER_FORM = "answers.other_form"  # The XML answers another form (found, expected)
    ANSWERS_OTHER_VERSION = "answers.other_version"  # ... another version of the form (found, expected)
    ANSWERS_NO_INSTANCE_ID = "answers.no_instance_id"  # The XML carries no instanceID
    ANSWER_NOT_INTEGER = "answer.not_integer"  # Not a whole number
    ANSWER_NOT_DECIMAL = "answer.not_decimal"  # Not a decimal number
    ANSWER_NOT_DATE = "answer.not_date"  # Not an ISO date
    ANSWER_NOT_TIME = "answer.not_time"  # Not an ISO time
    ANSWER_NOT_DATETIME = "answer.not_datetime"  # Not an ISO date with time
    ANSWER_NOT_GEOPOINT = "answer.not_geopoint"  # Not latitude, longitude, altitude, accuracy
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
    answers it is the path of the XML element, the positions of repeats included.
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
