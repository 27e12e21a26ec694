"""The small forms of the pictures: a conversation, a life in years, and a flat, each in German and Bulgarian."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.life_form import life_form

MOVING = Path(__file__).resolve().parents[3] / "server/tablet/src/moving/testing"


def in_both(german: str, bulgarian: str) -> dict[str, str]:
    """A text of the small forms."""
    return {"de": german, "bg": bulgarian}


VISIT: dict[str, Any] = {
    "feldbuch_form": 1,
    "id": "conversation",
    "title": in_both("Gespräch", "Разговор"),
    "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
    "default_language": "de",
    "data_files": {"streets": "csv"},
    "choices": {
        "yes_no": [{"name": "yes", "label": in_both("Ja", "Да")}, {"name": "no", "label": in_both("Nein", "Не")}]
    },
    "questions": [
        {
            "type": "group",
            "name": "agreement",
            "label": in_both("Einwilligung", "Съгласие"),
            "questions": [
                {
                    "type": "select_one",
                    "name": "consent",
                    "choices": "yes_no",
                    "required": True,
                    "consent": True,
                    "label": in_both("Dürfen wir mit Ihnen sprechen?", "Може ли да поговорим с Вас?"),
                }
            ],
        },
        {
            "type": "group",
            "name": "ways",
            "label": in_both("Wege", "Пътища"),
            "questions": [
                {
                    "type": "geotrace",
                    "name": "way",
                    "label": in_both("Welchen Weg gehen Sie zur Arbeit?", "По кой път отивате на работа?"),
                    "parameters": {"reference-geometry": "streets"},
                }
            ],
        },
        {
            "type": "group",
            "name": "setting",
            "label": in_both("Rahmen", "Обстановка"),
            "questions": [
                {
                    "type": "text",
                    "name": "note",
                    "label": in_both("Wo findet das Gespräch statt?", "Къде се провежда разговорът?"),
                }
            ],
        },
        {
            "type": "group",
            "name": "story",
            "label": in_both("Erzählung", "Разказ"),
            "questions": [
                {"type": "audio", "name": "voice", "label": in_both("Aufnahme des Gesprächs", "Запис на разговора")}
            ],
        },
    ],
}

STREETS = """name,label,geometry
1,Königstraße,51.4341 6.7586 0 0;51.4344 6.7623 0 0
2,Bahnhofstraße,51.4331 6.7592 0 0;51.4339 6.7604 0 0;51.4352 6.7612 0 0
3,Rathaus,51.4359 6.7603 0 0
4,Markt,51.4347 6.7596 0 0
"""
FLAT: dict[str, Any] = {
    "feldbuch_form": 1,
    "id": "flat",
    "title": in_both("Wohnung", "Жилище"),
    "languages": VISIT["languages"],
    "default_language": "de",
    "questions": [
        {"type": "text", "name": "street", "label": in_both("In welcher Straße?", "На коя улица?")},
        {"type": "integer", "name": "rooms", "label": in_both("Wie viele Zimmer?", "Колко стаи?")},
    ],
}


def moving(version: str, name: str) -> dict[str, Any]:
    """The ``first`` or the ``second`` version of the form that a draft moves between, under a name of its own."""
    document: dict[str, Any] = json.loads((MOVING / f"{version}.json").read_text("utf-8"))
    return {**document, "id": name}


LIFE = life_form()
LIVED = (
    ("residence", 1966, 1985, "bg"),
    ("residence", 1990, 2026.9, "de"),
    ("work", 1984, 1989, "bg"),
    ("work", 1991, 2012, "de"),
)
"""Domain, years and country of each spell: between the homes there is a gap to be asked about."""
