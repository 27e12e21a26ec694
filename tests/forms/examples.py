"""A small form in which every kind of question stands, as the tests of this room use it."""

from __future__ import annotations

import copy
from typing import Any

from forms.definition import Form
from forms.schema import load_form


def text(words: str) -> dict[str, str]:
    return {"de": words, "bg": words}


def small_form() -> dict[str, Any]:
    """A valid form of one question, free to be damaged."""
    return {
        "feldbuch_form": 1,
        "id": "small",
        "title": text("Klein"),
        "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg"}],
        "default_language": "de",
        "choices": {"yes_no": [{"name": "yes", "label": text("Ja")}, {"name": "no", "label": text("Nein")}]},
        "questions": [
            {"type": "text", "name": "first", "label": text("Erste")},
            {"type": "select_one", "name": "second", "label": text("Zweite"), "choices": "yes_no"},
        ],
    }


def with_question(**question: Any) -> dict[str, Any]:
    """The small form with one question more, at /questions/2."""
    document = copy.deepcopy(small_form())
    document["questions"].append(question)
    return document


def every_kind() -> Form:
    """A form with every kind of question, groups, and a repeat within a repeat."""
    document = small_form()
    document["id"] = "every"
    document["choices"]["colour"] = [{"name": name, "label": text(name)} for name in ("red", "green", "blue")]
    plain = ("text", "integer", "decimal", "date", "time", "datetime", "geopoint", "image", "audio", "file")
    plain += ("geotrace", "geoshape", "video")
    document["questions"] = [
        {"type": "start", "name": "start"},
        {"type": "end", "name": "end"},
        {"type": "today", "name": "today"},
        {"type": "deviceid", "name": "deviceid"},
        {"type": "username", "name": "username"},
        {"type": "note", "name": "note", "label": text("Hinweis")},
        *({"type": kind, "name": f"a_{kind}", "label": text(kind)} for kind in (*plain, "barcode", "acknowledge")),
        {"type": "range", "name": "whole", "label": text("r"), "parameters": {"start": 0, "end": 9, "step": 1}},
        {"type": "range", "name": "half", "label": text("r"), "parameters": {"start": 0, "end": 1, "step": 0.5}},
        {"type": "calculate", "name": "sum", "calculation": "1 + 1"},
        {"type": "hidden", "name": "secret", "default": "x"},
        {
            "type": "group",
            "name": "g",
            "label": text("g"),
            "questions": [
                {"type": "select_one", "name": "one", "label": text("o"), "choices": "yes_no", "or_other": True},
                {"type": "select_multiple", "name": "many", "label": text("m"), "choices": "colour"},
                {"type": "rank", "name": "ranked", "label": text("k"), "choices": "colour"},
            ],
        },
        {
            "type": "repeat",
            "name": "person",
            "label": text("p"),
            "count": "1 + 1",
            "questions": [
                {"type": "text", "name": "alias", "label": text("n")},
                {
                    "type": "group",
                    "name": "away",
                    "label": text("a"),
                    "questions": [
                        {
                            "type": "repeat",
                            "name": "trip",
                            "label": text("t"),
                            "questions": [{"type": "integer", "name": "year", "label": text("y")}],
                        }
                    ],
                },
            ],
        },
    ]
    return load_form(document)
