"""A form with a life calendar, in two languages: what the instruments have, and the places for "that is so" besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

DOMAINS = {
    "residence": ("Wohnort", "Местоживеене"),
    "family": ("Familie", "Семейство"),
    "work": ("Arbeit", "Работа"),
    "education": ("Ausbildung", "Обучение"),
    "care": ("Sorge und Pflege", "Грижа"),
    "health": ("Gesundheit", "Здраве"),
    "papers": ("Aufenthalt", "Престой"),
    "leisure": ("Freizeit", "Свободно време"),
}
COUNTRIES = {
    "de": ("Deutschland", "Германия"),
    "bg": ("Bulgarien", "България"),
    "ro": ("Rumänien", "Румъния"),
    "tr": ("Türkei", "Турция"),
    "it": ("Italien", "Италия"),
}
EVENTS = {
    "wall_1989_11": ("Fall der Mauer", "Падането на стената"),
    "accession_2007_01": ("EU-Beitritt", "Присъединяване към ЕС"),
}


def life_form(domains: int = 5) -> dict[str, Any]:
    """The form: the year of birth and the events of history, the landmarks, and the spells in the first `domains`."""
    born = {"type": "integer", "name": "birth_year", "label": _in("Geburtsjahr", "Година на раждане")}
    events = _choose("historical_events", "event", "Woran erinnern Sie sich?", "Какво помните?") | {
        "type": "select_multiple"
    }
    landmarks = [
        {"type": "integer", "name": "year", "label": _in("Jahr", "Година")},
        {"type": "text", "name": "landmark", "label": _in("Ereignis", "Събитие")},
    ]
    ended = {"relevant": "${ongoing} = 'no'"}
    at_home = {"relevant": "${domain} = 'residence'"}
    spells = [
        _choose("domain", "life_domain", "Bereich", "Област") | {"required": True},
        {"type": "text", "name": "what", "label": _in("Was war das?", "Какво беше?")},
        _choose("country", "country", "In welchem Land?", "В коя държава?"),
        {"type": "integer", "name": "start_year", "required": True, "label": _in("Jahr des Beginns", "Начална година")},
        {"type": "integer", "name": "start_month", "label": _in("Monat des Beginns", "Начален месец")},
        _choose("ongoing", "yes_no", "Dauert es an?", "Продължава ли?") | {"required": True},
        {"type": "integer", "name": "end_year", "label": _in("Jahr des Endes", "Крайна година"), **ended},
        {"type": "integer", "name": "end_month", "label": _in("Monat des Endes", "Краен месец"), **ended},
        {"type": "acknowledge", "name": "gap_confirmed", "label": _in("Lücke stimmt", "Така е"), **at_home},
        {"type": "acknowledge", "name": "overlap_confirmed", "label": _in("Beides stimmt", "И двете"), **at_home},
    ]
    return {
        "feldbuch_form": 1,
        "id": "life",
        "title": _in("Leben", "Живот"),
        "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
        "default_language": "de",
        "choices": {
            "yes_no": _list({"yes": ("Ja", "Да"), "no": ("Nein", "Не")}),
            "life_domain": _list(dict(list(DOMAINS.items())[:domains])),
            "country": _list(COUNTRIES),
            "event": _list(EVENTS),
        },
        "questions": [
            {"type": "group", "name": "person", "label": _in("Person", "Лице"), "questions": [born, events]},
            {
                "type": "repeat",
                "name": "landmarks",
                "label": _in("Wichtiges Ereignis", "Важно събитие"),
                "questions": landmarks,
            },
            {
                "type": "repeat",
                "name": "spells",
                "label": _in("Lebensabschnitt", "Период от живота"),
                "appearance": "life-history",
                "questions": spells,
            },
        ],
    }


def _in(german: str, bulgarian: str) -> dict[str, str]:
    return {"de": german, "bg": bulgarian}


def _list(labels: dict[str, tuple[str, str]]) -> Sequence[dict[str, Any]]:
    return [{"name": name, "label": _in(*words)} for name, words in labels.items()]


def _choose(name: str, choices: str, german: str, bulgarian: str) -> dict[str, Any]:
    return {"type": "select_one", "name": name, "choices": choices, "label": _in(german, bulgarian)}
