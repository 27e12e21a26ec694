"""The schema of the form as a whole."""

from typing import Any

from marshmallow import post_load

from forms.definition import Form
from forms.errors import Code
from forms.names import FILE_NAME, FORM_ID, LANGUAGE, MAX_NAME, NAME, SHA256
from forms.schema.fields import OneOf, StrictSchema, Truth, Value, Word, legal_text, told
from forms.schema.items import Items
from forms.schema.lists import One, Several
from forms.schema.maps import Mapped, Namespaces, Texts, XmlAttributes
from forms.schema.parts import ChoiceLists, EntitySchema, LanguageSchema, MissingSchema, SubmissionSchema
from forms.schema.problems import invalid

FORMAT_VERSION = 1
MAX_LANGUAGES = 200
MAX_ENTITIES = 100
MAX_FILES = 2_000


class FormatVersion(Value):
    """The number of this JSON language."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if value != FORMAT_VERSION or not isinstance(value, int) or isinstance(value, bool):
            raise invalid(Code.FORMAT_VERSION, expected=FORMAT_VERSION)
        return FORMAT_VERSION


class InstanceId(Value):
    """What the XForm preloads as its instanceID, or false for none."""

    def _deserialize(self, value: object, *_: object, **__: object) -> str | bool:
        return False if value is False else legal_text(value, MAX_NAME)


class DataFiles(Mapped):
    """External data files: the name of the instance, and what the file is written in."""

    each = OneOf("csv", "xml")


class Files(Mapped):
    """Files of a published form: the name of each, and the SHA-256 of its bytes."""

    pattern = FILE_NAME
    wrong_name = Code.BAD_FILE_NAME
    most = MAX_FILES
    each = Word(pattern=SHA256, code=Code.BAD_HASH, limit=64)


class FormSchema(StrictSchema):
    """The whole form."""

    feldbuch_form = FormatVersion(
        required=True, dump_default=FORMAT_VERSION, **told("The number of this language.", FORMAT_VERSION)
    )
    id = Word(
        required=True,
        pattern=FORM_ID,
        code=Code.BAD_FORM_ID,
        **told(
            "What the form is called in addresses, tables and file names. It stays the same through all versions.",
            "visit",
        ),
    )
    title = Texts(required=True, **told("The title, by language.", {"de": "Hausbesuch", "bg": "Посещение"}))
    languages = Several(
        LanguageSchema(),
        most=MAX_LANGUAGES,
        required=True,
        **told(
            "The languages of the form. Each text must be there in each of them before the form is published. See "
            "[Languages](#languages).",
            [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
        ),
    )
    default_language = Word(
        required=True,
        pattern=LANGUAGE,
        code=Code.BAD_LANGUAGE,
        **told("The code of the language in which the form opens.", "de"),
    )
    version_label = Word(
        limit=MAX_NAME,
        **told("What you call this version. Its name is the hash of its contents all the same.", "spring 2026"),
    )
    instance_name = Word(
        **told("An expression: what a filled form is called in lists. It should tell nothing personal.", "${place}")
    )
    style = Word(
        limit=MAX_NAME, **told("How the form is laid out; `pages` shows one question or group at a time.", "pages")
    )
    missing = One(
        MissingSchema(),
        **told(
            "The kinds of missing answer, declared once. See [Missing answers](#missing-answers).",
            {
                "label": {"de": "Keine Antwort", "bg": "Без отговор"},
                "kinds": {"dont_know": {"code": -97, "label": {"de": "Weiß nicht", "bg": "Не знам"}}},
            },
        ),
    )
    choices = ChoiceLists(
        **told(
            "The lists of choices by name, each in the order shown. See [Choices](#choices).",
            {
                "yes_no": [
                    {"name": "yes", "label": {"de": "Ja", "bg": "Да"}},
                    {"name": "no", "label": {"de": "Nein", "bg": "Не"}},
                ]
            },
        )
    )
    allow_duplicate_choices = Truth(
        **told("`true` allows two choices of a list with one name; they must then differ by a column.", True)
    )
    data_files = DataFiles(
        **told(
            "Further files that expressions look into, by the name used in `instance('…')`; each `csv` or `xml`. Files "
            "named by `pulldata` or `choices_file` need not stand here.",
            {"prices": "csv"},
        )
    )
    files = Files(
        **told(
            "The bytes of the files that this version goes with, by the SHA-256 of each. Publishing fills it in; given "
            "before, it keeps to those bytes.",
            {"communes.csv": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
        )
    )
    entities = Several(
        EntitySchema(),
        most=MAX_ENTITIES,
        **told(
            "The entities that the form creates or updates in ODK Central. See [Entities](#entities).",
            [{"dataset": "households", "label": "${street}"}],
        ),
    )
    submission = One(
        SubmissionSchema(),
        **told(
            "How ODK Collect sends what was filled in. See [Submission](#submission).",
            {"url": "https://example.org/submission"},
        ),
    )
    root_name = Word(
        pattern=NAME, limit=MAX_NAME, **told("What the root of the XForm's instance is called; else `data`.", "answers")
    )
    attributes = XmlAttributes(
        **told(
            "Further XML attributes of the root of the instance; XLSForm's columns `attribute::…`.",
            {"esri:version": "2"},
        )
    )
    namespaces = Namespaces(**told("What prefixes of attributes stand for.", {"esri": "http://esri.com/xforms"}))
    xform_id = Word(
        limit=MAX_NAME,
        **told("What the XForm is called where `id` cannot be, such as an id with blanks.", "Visit 2024"),
    )
    instance_id = InstanceId(
        **told(
            "What the XForm preloads as the id of a record; else `uid`. `false` makes none: such records cannot be "
            "told apart. For older forms.",
            "uid",
        )
    )
    flat = Truth(**told("`true` leaves the groups out of the instance. For older forms.", True))
    external_choices = ChoiceLists(
        **told(
            "Lists that ODK Collect gets as a file `itemsets.csv`. For older forms.",
            {"villages": [{"name": "v1", "label": {"de": "Brest", "bg": "Брест"}, "values": {"region": "pleven"}}]},
        )
    )
    tags = ChoiceLists(
        **told(
            "What questions of type `osm` ask about a place, by the name of the list. For older forms.",
            {"building": [{"name": "levels", "label": {"de": "Stockwerke", "bg": "Етажи"}}]},
        )
    )
    questions = Items(
        required=True,
        **told(
            "The questions, groups and repeats, in order. See [Types](#types).",
            [{"type": "text", "name": "street", "label": {"de": "Straße", "bg": "Улица"}}],
        ),
    )

    @post_load
    def _form(self, data: dict[str, Any], **_: object) -> Form:
        return Form(**{key: value for key, value in data.items() if key != "feldbuch_form"})
