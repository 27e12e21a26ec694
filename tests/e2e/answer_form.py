"""A form with every kind of question that is answered by words, choices, numbers and days, in two languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Texts = dict[str, str]
Document = dict[str, Any]

MAP = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120">
<style>.land{fill:#d9c9a3;stroke:#555}</style><script>document.title = 'touched'</script>
<g id="west"><path class="land" d="M5 5h90v110h-90z" onclick="document.title = 'touched'"/></g>
<path id="middle" class="land" d="M105 5h90v110h-90z"/>
<rect id="east" class="land" x="205" y="5" width="90" height="110"/>
</svg>"""
"""A picture whose parts are choices. Its script must never run."""

VILLAGES = ("Брещене", "Brăila", "Iğdır", "Münster")


def said(german: str, bulgarian: str) -> Texts:
    """A text in both languages."""
    return {"de": german, "bg": bulgarian}


def choice(name: str, german: str, bulgarian: str, **more: Any) -> Document:
    """One choice of a list."""
    return {"name": name, "label": said(german, bulgarian), **more}


def asked(kind: str, name: str, german: str, bulgarian: str, **more: Any) -> Document:
    """One question."""
    return {"type": kind, "name": name, "label": said(german, bulgarian), **more}


def group(name: str, german: str, bulgarian: str, *questions: Document, **more: Any) -> Document:
    """A section, a group in it, or with ``type`` a repeat."""
    return {"type": "group", "name": name, "label": said(german, bulgarian), "questions": list(questions), **more}


def lists() -> dict[str, list[Document]]:
    """The choices: five steps, regions, needs, three colours, and more villages than anybody reads."""
    villages = [choice(f"v{at}", name, name) for at, name in enumerate(VILLAGES)]
    return {
        "agree": [
            choice("no", "stimme gar nicht zu", "изобщо не съм съгласен"),
            choice("rather_no", "stimme eher nicht zu", "по-скоро не"),
            choice("half", "teils, teils", "отчасти"),
            choice("rather_yes", "stimme eher zu", "по-скоро да"),
            choice("yes", "stimme voll zu", "напълно съм съгласен"),
        ],
        "ends": [choice("0", "gar nicht", "никак"), choice("100", "sehr", "много")],
        "region": [
            choice("west", "Westen", "Запад"),
            choice("middle", "Mitte", "Център"),
            choice("east", "Osten", "Изток"),
        ],
        "town": [
            choice("w1", "Essen", "Есен", values={"region": "west"}),
            choice("w2", "Bochum", "Бохум", values={"region": "west"}),
            choice("e1", "Plewen", "Плевен", values={"region": "east"}),
        ],
        "need": [
            choice("work", "Arbeit", "Работа"),
            choice("home", "Wohnung", "Жилище"),
            choice("school", "Schule", "Училище"),
            choice("health", "Gesundheit", "Здраве"),
        ],
        "village": [*villages, *(choice(f"x{at}", f"Dorf {at}", f"Село {at}") for at in range(1, 1500))],
    }


def words() -> Document:
    """The section of words and numbers."""
    return group(
        "words", "Worte und Zahlen", "Думи и числа",
        asked("text", "alias", "Rufname", "Прякор", hint=said("Kein Nachname.", "Без фамилия.")),
        asked("text", "story", "Wie kam es dazu?", "Как се стигна дотам?", parameters={"rows": 3}),
        asked("text", "code", "Kennwort", "Парола", appearance="masked"),
        asked("integer", "age", "Wie alt sind Sie?", "На колко години сте?", required=True, missing=True,
              constraint=". <= 110", constraint_message=said("Höchstens 110.", "Най-много 110.")),
        asked("integer", "rooms", "Wie viele Zimmer?", "Колко стаи?", appearance="counter"),
        asked("integer", "income", "Einkommen im Jahr", "Годишен доход", appearance="thousands-sep"),
        asked("decimal", "rent", "Miete", "Наем", missing=["dont_know"]),
        asked("decimal", "facing", "Wohin zeigt die Tür?", "Накъде гледа вратата?", appearance="bearing"),
        {"type": "calculate", "name": "next_age", "calculation": "${age} + 1"},
        {"type": "hidden", "name": "wave", "default": 2},
        asked("note", "told", "In einem Jahr sind Sie ${next_age}.", "След година ще бъдете на ${next_age}."),
        asked("text", "seen", "Nur zu lesen", "Само за четене", calculation="concat('Nr. ', ${wave})", read_only=True),
    )  # fmt: skip


def choices() -> tuple[Document, ...]:
    """The sections of choices."""
    return (
        group(
            "choices", "Auswahl", "Избор",
            asked("select_one", "region", "Welche Gegend?", "Кой район?", choices="region", appearance="image-map",
                  media={"image": said("map.svg", "map.svg")}),
            asked("select_one", "town", "Welche Stadt?", "Кой град?", choices="town", appearance="minimal",
                  choice_filter="region = ${region}"),
            asked("select_one", "village", "Aus welchem Dorf?", "От кое село?", choices="village",
                  appearance="autocomplete"),
            asked("select_multiple", "needs", "Was fehlt?", "Какво липсва?", choices="need", appearance="columns-2"),
            asked("select_multiple", "got", "Was gibt es?", "Какво има?", choices="need", appearance="minimal"),
            asked("rank", "first", "Was ist am wichtigsten?", "Кое е най-важно?", choices="need"),
        ),
        group(
            "scales", "Skalen", "Скали",
            asked("select_one", "trust", "Man hilft mir.", "Помагат ми.", choices="agree", appearance="likert"),
            asked("range", "mood", "Wie geht es Ihnen?", "Как сте?", parameters={"start": 0, "end": 10, "step": 1}),
            asked("range", "sure", "Wie sicher?", "Колко сигурно?",
                  parameters={"start": 0, "end": 100, "step": 5, "tick_interval": 50, "tick_labelset": "ends"}),
            asked("range", "height", "Wie hoch?", "Колко високо?", appearance="vertical",
                  parameters={"start": 0, "end": 5, "step": 0.5}),
            asked("range", "stars", "Wie viele Sterne?", "Колко звезди?", appearance="rating",
                  parameters={"start": 1, "end": 5, "step": 1}),
            asked("range", "floor", "Welcher Stock?", "Кой етаж?", appearance="picker",
                  parameters={"start": -2, "end": 20, "step": 1}),
        ),
        group(
            "table", "Wie sehr stimmen Sie zu?", "Доколко сте съгласни?",
            asked("select_one", "safe", "Ich fühle mich hier sicher.", "Чувствам се сигурен тук.", choices="agree"),
            asked("select_one", "stay", "Ich möchte hier bleiben.", "Искам да остана тук.", choices="agree"),
            appearance="table-list",
        ),
    )  # fmt: skip


def days() -> Document:
    """The section of days and times."""
    return group(
        "days", "Tage und Zeiten", "Дни и часове",
        asked("date", "born", "Wann sind Sie geboren?", "Кога сте родени?", required=True),
        asked("date", "came", "Seit wann hier?", "Откога сте тук?", appearance="month-year"),
        asked("date", "married", "In welchem Jahr?", "През коя година?", appearance="year"),
        asked("time", "leaves", "Wann gehen Sie los?", "Кога тръгвате?"),
        asked("datetime", "meets", "Wann ist der Termin?", "Кога е срещата?"),
    )  # fmt: skip


def people() -> Document:
    """A repeat in a repeat, and one that the form counts."""
    return group(
        "people", "Menschen", "Хора",
        group("member", "Mitglied", "Член",
              asked("text", "name", "Rufname", "Прякор"),
              group("trip", "Reise", "Пътуване", asked("text", "place", "Wohin?", "Накъде?"), type="repeat"),
              type="repeat"),
        asked("integer", "children", "Wie viele Kinder?", "Колко деца?"),
        group("child", "Kind", "Дете", asked("text", "called", "Rufname des Kindes", "Прякор на детето"),
              type="repeat", count="${children}"),
        asked("acknowledge", "read_out", "Vorgelesen", "Прочетено"),
    )  # fmt: skip


def write_form(folder: Path) -> Path:
    """The form with a section for each kind of widget, and its picture, in ``folder``."""
    return written(folder, "answers", [words(), *choices(), days(), people()])


def write_paged_form(folder: Path) -> Path:
    """A form that is asked question by question, in ``folder``."""
    questions = [
        asked("select_one", "region", "Welche Gegend?", "Кой район?", choices="region", appearance="quick",
              required=True),
        asked("text", "alias", "Rufname", "Прякор"),
        group("member", "Mitglied", "Член", asked("text", "name", "Rufname", "Прякор"),
              asked("date", "born", "In welchem Jahr geboren?", "През коя година сте родени?", appearance="year"),
              type="repeat"),
        group("together", "Zusammen", "Заедно", asked("integer", "rooms", "Wie viele Zimmer?", "Колко стаи?"),
              asked("decimal", "rent", "Miete", "Наем"), appearance="field-list"),
    ]  # fmt: skip
    return written(folder, "pages", questions, style="pages")


def written(folder: Path, name: str, questions: list[Document], **more: Any) -> Path:
    """A form of these questions as a file."""
    document = {
        "feldbuch_form": 1,
        "id": name,
        "title": said("Alle Antworten", "Всички отговори"),
        "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
        "default_language": "de",
        "missing": {
            "label": said("Keine Antwort", "Без отговор"),
            "kinds": {
                "dont_know": {"code": -97, "label": said("Weiß nicht", "Не знам")},
                "refused": {"code": -98, "label": said("Möchte nicht antworten", "Не желая да отговоря")},
            },
        },
        "choices": lists(),
        "questions": questions,
        **more,
    }
    (folder / "map.svg").write_text(MAP, "utf-8")
    file = folder / f"{name}.json"
    file.write_text(json.dumps(document), "utf-8")
    return file
