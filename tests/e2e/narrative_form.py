"""A narrative interview in two languages: consent that may be spoken, a recording, phases that the form marks."""

from __future__ import annotations

from typing import Any


def narrative_form() -> dict[str, Any]:
    """The form: spoken consent, the recording, the narrative with its marks, and a word at the end."""
    mark = {"type": "acknowledge", "appearance": "phase-mark"}
    agreed = {"relevant": "${consent} = 'yes'"}
    return {
        "feldbuch_form": 1,
        "id": "narrative",
        "title": _in("Lebensgeschichte", "Житейска история"),
        "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
        "default_language": "de",
        "choices": {
            "yes_no": [{"name": "yes", "label": _in("Ja", "Да")}, {"name": "no", "label": _in("Nein", "Не")}],
        },
        "questions": [
            _page(
                "agreement",
                ("Einwilligung", "Съгласие"),
                {
                    "type": "select_one",
                    "name": "consent",
                    "choices": "yes_no",
                    "consent": True,
                    "required": True,
                    "label": _in("Sind Sie einverstanden?", "Съгласни ли сте?"),
                },
                {
                    "type": "audio",
                    "name": "spoken_consent",
                    "parameters": {"quality": "voice-only"},
                    "label": _in("Gesprochene Einwilligung", "Устно съгласие"),
                    **agreed,
                },
            ),
            _page(
                "sound",
                ("Aufnahme", "Запис"),
                {
                    "type": "audio",
                    "name": "narration",
                    "parameters": {"quality": "normal"},
                    "label": _in("Aufnahme des Gesprächs", "Запис на разговора"),
                    "hint": _in(
                        "Jetzt beginnen, noch vor der Eingangsfrage. Erst nach dem Abschied beenden.",
                        "Започнете сега, още преди началния въпрос. Приключете едва след сбогуването.",
                    ),
                },
                **agreed,
            ),
            _page(
                "story",
                ("Haupterzählung", "Основен разказ"),
                mark | {"name": "mark_main", "label": _in("Hier beginnt die Erzählung", "Тук започва разказът")},
                {
                    "type": "note",
                    "name": "opening",
                    "label": _in("Bitte erzählen Sie mir Ihre Lebensgeschichte.", "Моля, разкажете ми живота си."),
                },
                mark
                | {"name": "mark_follow_up", "label": _in("Hier beginnen die Nachfragen", "Тук започват въпросите")},
                **agreed,
            ),
            _page(
                "farewell",
                ("Abschied", "Сбогуване"),
                {"type": "text", "name": "impression", "label": _in("Ihr Eindruck", "Вашето впечатление")},
                **agreed,
            ),
        ],
    }


def _page(name: str, label: tuple[str, str], *questions: dict[str, Any], **more: str) -> dict[str, Any]:
    page = {"type": "group", "name": name, "label": _in(*label), "appearance": "field-list", **more}
    return page | {"questions": list(questions)}


def _in(german: str, bulgarian: str) -> dict[str, str]:
    return {"de": german, "bg": bulgarian}
