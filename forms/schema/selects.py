"""The schemas of questions with choices."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from forms.definition import Kind
from forms.errors import Code
from forms.names import CHOICES_FILE, LIST_NAME, MAX_NAME, NAME
from forms.schema.fields import Truth, Word, told
from forms.schema.parameters import ONLY_WITH_FILE, PARAMETERS
from forms.schema.problems import Problem, unknown_word
from forms.schema.questions import AskedSchema

SOURCES = ("choices", "choices_file", "choices_from", "choices_external")
"""Where the choices of a select come from: exactly one of these keys."""


def _choice_filter(of: str) -> Word:
    """The field for the condition on what is offered."""
    return Word(
        **told(
            f"An expression over the columns of {of}: only those are offered for which it is true.",
            "region = ${region}",
        )
    )


class PlaceSchema(AskedSchema):
    """A place, a way or an area; the parameter `reference-geometry` shows others, from a list, a file or a repeat."""

    choice_filter = _choice_filter("what `reference-geometry` shows")


class OsmSchema(AskedSchema):
    """A place in OpenStreetMap, with what is known of it there."""

    tags = Word(
        pattern=LIST_NAME,
        code=Code.BAD_LIST_NAME,
        limit=MAX_NAME,
        **told("The list of the form's `tags` that says what is asked about the place.", "building"),
    )


class SelectSchema(AskedSchema):
    """A question with choices."""

    choices = Word(
        pattern=LIST_NAME,
        code=Code.BAD_LIST_NAME,
        limit=MAX_NAME,
        **told("The list of the form's `choices` that is offered.", "yes_no"),
    )
    choices_file = Word(
        pattern=CHOICES_FILE,
        code=Code.BAD_CHOICES_FILE,
        limit=MAX_NAME,
        **told(
            "A CSV, XML or GeoJSON file whose rows are offered. Its columns `name` and `label` (GeoJSON: `id` and "
            "`title`) are used; parameters `value` and `label` name others.",
            "communes.csv",
        ),
    )
    choice_filter = _choice_filter("the choices")
    or_other = Truth(
        **told(
            "`true` adds a choice “Other” and a question for its words. Both are in English; in other languages, add a "
            "choice and a question of your own.",
            True,
        )
    )

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _choices_come_from_one_place(self, _: object, original: dict[str, Any], **__: object) -> None:
        given = [key for key in SOURCES if key in original and key in self.fields]
        if not given:
            raise ValidationError({"choices": [Problem(Code.MISSING_KEY)]})
        if len(given) > 1:
            problem = Problem(Code.SECOND_CHOICES, {"key": given[1], "other": given[0]})
            raise ValidationError({given[1]: [problem]})

    def json_rules(self) -> dict[str, Any]:
        """Exactly one source."""
        one = [{"required": [key]} for key in SOURCES if key in self.fields]
        return {**super().json_rules(), "oneOf": one}


class RankSchema(SelectSchema):
    """Choices that are brought into an order."""

    choices_from = Word(
        pattern=NAME,
        limit=MAX_NAME,
        **told("The name of a question in a repeat: what was answered there, round by round, is offered.", "alias"),
    )


class _ColumnsSchema(SelectSchema):
    """A question that may name the columns of its file."""

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _columns_are_those_of_a_file(self, _: object, original: dict[str, Any], **__: object) -> None:
        given = original.get("parameters")
        if "choices_file" in original or not isinstance(given, dict):
            return
        known = tuple(PARAMETERS[Kind.RANK])
        errors = {
            name: [unknown_word(Code.UNKNOWN_KEY, Code.UNKNOWN_KEY_NEAR, "key", name, known)]
            for name in sorted(ONLY_WITH_FILE & given.keys())
        }
        if errors:
            raise ValidationError({"parameters": errors})

    def json_rules(self) -> dict[str, Any]:
        """Columns only with a file."""
        unknown = {"properties": {"parameters": {"propertyNames": {"not": {"enum": sorted(ONLY_WITH_FILE)}}}}}
        return {**super().json_rules(), "if": {"required": ["choices_file"]}, "then": True, "else": unknown}


class SelectMultipleSchema(_ColumnsSchema):
    """A question with choices of which several hold."""


class SelectOneSchema(_ColumnsSchema, RankSchema):
    """A question with choices of which one holds."""

    choices_external = Word(
        pattern=LIST_NAME,
        code=Code.BAD_LIST_NAME,
        limit=MAX_NAME,
        **told(
            "The list of the form's `external_choices` that is offered, by a `choice_filter`. For older forms; a "
            "`choices_file` does the same and is simpler.",
            "villages",
        ),
    )
    consent = Truth(
        **told(
            "`true` where a yes (the choice `yes`) allows what follows. Questions with `personal` or "
            "`special_category` need one before them.",
            True,
        )
    )
