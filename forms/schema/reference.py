"""The reference of the form's language for people, in Markdown, made from the schemas and what their fields say."""

import json
from collections.abc import Iterable, Iterator, Mapping

from forms.definition import METADATA, Kind
from forms.schema.fields import StrictSchema
from forms.schema.form import FormSchema
from forms.schema.items import SCHEMAS
from forms.schema.parameters import PARAMETERS
from forms.schema.parts import (
    AttributesSchema,
    ChoiceSchema,
    EntitySchema,
    LanguageSchema,
    MediaSchema,
    MissingKindSchema,
    MissingSchema,
    SubmissionSchema,
)
from forms.schema.types import CONTAINERS, TYPES

_OPENING = """\
# The form language: reference

Every key of a form, with what it means and an example. [Forms](forms.md) tells how they go together. This page is made
from the schemas that read a form; `feldbuch form reference` prints it, and `feldbuch form schema` prints the same as
JSON Schema for editors and programs.

A form is one JSON file in UTF-8. A key that a place does not know is refused, so that a misspelled one is noticed. What
is not given is left out; `null`, and objects and lists with nothing in them, are not written.

- A **text** stands in a map from language code to text: `{"de": "Ja", "bg": "Да"}`. `${name}` in it stands for the
  answer to another question.
- An **expression** is written as in XLSForm (ODK XPath): `${age} > 17 and selected(${languages}, 'tr')`. `.` is the
  answer itself.
- A **condition** is `true`, `false`, or an expression.
- A **file name** has no folder. The file is handed out with the form.
- **Numbers** and `true` and `false` stand without quotation marks.
"""

_PARTS: tuple[tuple[str, str, StrictSchema], ...] = (
    (
        "The form",
        "The keys of the whole document. What XLSForm has in its sheet of settings stands here as well.",
        FormSchema(),
    ),
    ("Languages", "One entry of `languages`.", LanguageSchema()),
    ("Choices", "One choice in a list of `choices`, `external_choices` or `tags`.", ChoiceSchema()),
    ("Media", "`media` of a question, group, repeat or choice. Each key names files by language.", MediaSchema()),
    (
        "Missing answers",
        "`missing` of the form says once why an answer may be missing. A question offers these kinds with its own key "
        "`missing`; they are kept apart from an empty answer and come out as user-missing codes. Other clients, such "
        "as ODK Collect, show them as a second question after the first, called as the question with `_missing`.",
        MissingSchema(),
    ),
    ("A kind of missing answer", "One entry of `kinds`.", MissingKindSchema()),
    (
        "Entities",
        "One entry of `entities`. Questions fill its properties with `save_to`.",
        EntitySchema(),
    ),
    ("Submission", "`submission` of the form: settings that ODK Collect reads.", SubmissionSchema()),
    (
        "Attributes",
        "`attributes` of a question, group or repeat: for what the language has no key for. Types that show nothing "
        "know `bind` and `instance` only.",
        AttributesSchema(),
    ),
)


def reference() -> str:
    """The whole page."""
    return "\n".join([_OPENING, *_parts(), *_keys(), *_types()])


def explained() -> Iterator[tuple[str, StrictSchema]]:
    """Every schema of which the page explains the keys, with what it is called there."""
    for heading, _, schema in _PARTS:
        yield heading, schema
    yield from SCHEMAS.items()


def type_example(word: str) -> Mapping[str, object]:
    """The example of a type, as an item's JSON."""
    return CONTAINERS[word][1] if word in CONTAINERS else TYPES[Kind(word)].document(Kind(word))


def _parts() -> Iterator[str]:
    for heading, opening, schema in _PARTS:
        yield f"## {heading}\n\n{opening}\n"
        rows = [
            (f"`{key}`" + (" (required)" if schema.fields[key].required else ""), *_told(schema, key))
            for key in schema.keys
        ]
        yield _table(("key", "meaning", "example"), rows)


def _keys() -> Iterator[str]:
    yield (
        "## Keys of questions, groups and repeats\n\n"
        "Each type knows only the keys that mean something to it; those of one type stand together under "
        f"[types](#types). The *recorded types* are {_listed(sorted(METADATA))}.\n"
    )
    found: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for word, schema in SCHEMAS.items():
        for key in schema.keys:
            meaning, example = _told(schema, key)
            found.setdefault((key, meaning), (example, []))[1].append(word)
    order = {key: place for place, key in enumerate(_longest_order())}
    rows = [
        (f"`{key}`", _words(words), meaning, example)
        for (key, meaning), (example, words) in sorted(found.items(), key=lambda each: order[each[0][0]])
        if key != "type"
    ]
    yield _table(("key", "types", "meaning", "example"), rows)


def _types() -> Iterator[str]:
    yield "## Types\n\nThe value of `type`, what it is for, and an example.\n"
    for word, schema in SCHEMAS.items():
        description = CONTAINERS[word][0] if word in CONTAINERS else TYPES[Kind(word)].description
        yield f"### `{word}`\n\n{description}\n"
        yield f"```json\n{json.dumps(type_example(word), ensure_ascii=False, indent=2)}\n```\n"
        required = [f"`{key}`" for key in schema.keys if schema.fields[key].required and key != "type"]
        others = [f"`{key}`" for key in schema.keys if not schema.fields[key].required]
        yield f"Required: {', '.join(required)}. Also known: {', '.join(others)}.\n"
        known = {} if word in CONTAINERS else PARAMETERS.get(Kind(word), {})
        if known:
            rows = [
                (f"`{name}`", each.description + _one_of(each.words), _code({name: each.example}))
                for name, each in known.items()
            ]
            yield _table(("parameter", "meaning", "example"), rows)


def _one_of(words: tuple[str, ...]) -> str:
    return f" One of {_listed(words)}." if len(words) > 1 else ""


def _longest_order() -> list[str]:
    """Every key of an item, in the order in which they are written."""
    return list(dict.fromkeys([*SCHEMAS["text"].order, *SCHEMAS["repeat"].keys]))


def _told(schema: StrictSchema, key: str) -> tuple[str, str]:
    metadata = schema.fields[key].metadata
    return metadata["description"], _code({key: metadata["example"]})


def _code(entry: Mapping[str, object]) -> str:
    return f"`{json.dumps(entry, ensure_ascii=False)[1:-1]}`"


def _words(words: list[str]) -> str:
    """The types that know a key, told in the shorter way."""
    others = [word for word in SCHEMAS if word not in words]
    if not others:
        return "all"
    shown = words if len(words) <= len(others) else others
    listed = _listed(shown)
    if set(shown) >= METADATA:
        rest = [word for word in shown if word not in METADATA]
        listed = ", ".join(["the recorded types", *([_listed(rest)] if rest else [])])
    return listed if shown is words else f"all but {listed}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
