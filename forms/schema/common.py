"""What the schemas of questions, groups and repeats have in common."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from forms.errors import Code
from forms.names import MAX_NAME, NAME
from forms.schema.fields import StrictSchema, Value, Word, told
from forms.schema.lists import One
from forms.schema.maps import Readers, Texts
from forms.schema.parts import AttributesSchema, MediaSchema
from forms.schema.problems import Problem

# An attribute for which the language has a key: with both, nobody could say which one holds.
KEY_OF_ATTRIBUTE = {
    "bind": {
        "relevant": "relevant",
        "required": "required",
        "jr:requiredMsg": "required_message",
        "readonly": "read_only",
        "constraint": "constraint",
        "jr:constraintMsg": "constraint_message",
        "jr:noAppErrorString": "no_app_message",
        "calculate": "calculation",
        "entities:saveto": "save_to",
    },
    "body": {"appearance": "appearance", "jr:count": "count"},
}


class ItemSchema(StrictSchema):
    """What every question, group and repeat has."""

    type = Value(
        required=True,
        **told("The type: what is asked for, or what is recorded. See the list of types.", "text"),
    )
    name = Word(
        required=True,
        pattern=NAME,
        limit=MAX_NAME,
        **told(
            "What the answer is called in expressions and in the data. It begins with a letter or an underscore and is "
            "unique among its neighbours; after publishing it should stay the same. A question of type `audit` must be "
            "called `audit`.",
            "household_size",
        ),
    )
    label = Texts(
        **told(
            "The text that is shown or read out, by language. `${name}` in it stands for another answer. Where nothing "
            "is shown, it says what the value means.",
            {"de": "Wie viele Personen leben hier?", "bg": "Колко души живеят тук?"},
        )
    )
    hint = Texts(
        **told(
            "A remark under the label, by language.",
            {"de": "Auch Kinder zählen.", "bg": "Децата също се броят."},
        )
    )
    relevant = Word(
        **told(
            "An expression. What it belongs to is asked only while it is true; answers to what is not asked are left "
            "out of the record.",
            "${consent} = 'yes'",
        )
    )
    reviewed = Readers(
        **told(
            "Who has read the texts over, by language. A language that is not named here is a draft.",
            {"bg": "M. Georgieva"},
        )
    )

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _no_attribute_has_a_key(self, _: object, original: dict[str, Any], **__: object) -> None:
        given = original.get("attributes")
        errors: dict[str, object] = {}
        for element, keys in KEY_OF_ATTRIBUTE.items():
            attributes = given.get(element) if isinstance(given, dict) else None
            found = {
                attribute: [Problem(Code.ATTRIBUTE_HAS_KEY, {"attribute": attribute, "key": keys[attribute]})]
                for attribute in (attributes if isinstance(attributes, dict) else ())
                if keys.get(attribute) in self.fields
            }
            if found:
                errors[element] = found
        if errors:
            raise ValidationError({"attributes": errors})

    def json_rules(self) -> dict[str, Any]:
        """No attribute that has a key."""
        elements = {}
        for element, keys in KEY_OF_ATTRIBUTE.items():
            taken = sorted(attribute for attribute, key in keys.items() if key in self.fields)
            if taken:
                elements[element] = {"propertyNames": {"not": {"enum": taken}}}
        return {**super().json_rules(), "properties": {"attributes": {"properties": elements}}}


class Shown:
    """The keys of what is shown, beside those of its schema."""

    media = One(
        MediaSchema(),
        **told(
            "Pictures and recordings that go with the label. See [Media](#media).",
            {"image": {"de": "haus.png", "bg": "haus.png"}},
        ),
    )
    appearance = Word(
        **told(
            "How it is shown, in the words of XLSForm, several separated by blanks: `minimal`, `likert`, `multiline`, "
            "`signature`, `month-year` and so on; on a group, `field-list` shows all of it on one screen.",
            "minimal",
        )
    )
    attributes = One(
        AttributesSchema(),
        **told(
            "Further XML attributes of the XForm, for what the language has no key for. See [Attributes](#attributes).",
            {"body": {"autoplay": "audio"}},
        ),
    )
