"""A form with filled rows, to ask expressions about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from forms.answers.instance import parse_instance
from forms.answers.reading import AnswerReader
from forms.evaluate.scope import Names, Place, Round, Scope
from forms.evaluate.terms import compile_expression
from forms.evaluate.values import Unanswerable
from forms.schema import load_form
from tests.forms.examples import text

_REGIONS = {"a": "x", "b": "x", "c": "y"}


def _question(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "label": text(name), **more}


FORM_JSON: dict[str, Any] = {
    "feldbuch_form": 1,
    "id": "asked",
    "title": text("Ausdrücke"),
    "languages": [{"code": "de"}, {"code": "bg"}],
    "default_language": "de",
    "choices": {
        "letters": [
            {"name": name, "label": text(name), "values": {"region": region}} for name, region in _REGIONS.items()
        ]
    },
    "questions": [
        _question("integer", "age"),
        _question("text", "word"),
        _question("text", "nothing"),
        _question("date", "born"),
        _question("date", "later"),
        _question("datetime", "moment"),
        _question("select_multiple", "several", choices="letters"),
        _question("decimal", "weight"),
        _question("geoshape", "field"),
        {
            "type": "group",
            "name": "g",
            "label": text("g"),
            "questions": [_question("select_one", "one", choices="letters")],
        },
        {
            "type": "repeat",
            "name": "person",
            "label": text("p"),
            "questions": [
                _question("text", "alias"),
                _question("integer", "years"),
                {
                    "type": "repeat",
                    "name": "trip",
                    "label": text("t"),
                    "questions": [_question("integer", "year")],
                },
            ],
        },
    ],
}
FORM = load_form(FORM_JSON)

ANSWERS = (
    "<age>34</age><word>hello</word><nothing/><born>1990-01-05</born><later>2026-03-01</later>"
    "<moment>2026-03-01T10:00:00.000+01:00</moment><several>a b</several><weight>1.5</weight>"
    "<field>0 0 0 0;0 1 0 0;1 1 0 0;0 0 0 0</field><g><one>a</one></g>"
    "<person><alias>Ana</alias><years>3</years><trip><year>2001</year></trip><trip><year>2002</year></trip></person>"
    "<person><alias>Ion</alias><years/><trip><year>1999</year></trip></person>"
)
XML = f'<data id="asked" version="v">{ANSWERS}<meta><instanceID>uuid:1</instanceID></meta></data>'.encode()


@dataclass(frozen=True)
class Asked:
    """What an expression says: its truth, None where that cannot be told, and what it would need."""

    holds: bool | None
    open: tuple[str, ...] = ()


def ask(expression: str, names: Names = ("word",), row: int = 0, xml: bytes = XML) -> Asked:
    """Ask about the example's answers, as a condition of the question of these names in that row of its table."""
    scope = Scope(FORM)
    table = scope.table_of(names)
    compiled = compile_expression(expression, Place(scope, names, table))
    try:
        return Asked(compiled.holds(_rounds(xml)[table][row]), compiled.open)
    except Unanswerable:
        return Asked(None, compiled.open)


def _rounds(xml: bytes) -> dict[Names, list[Round]]:
    """The rows of each table, as the reading of an instance makes them."""
    tree = parse_instance(xml)
    form, person, trip = (table.rows for table in AnswerReader(FORM).read_tree(tree).tables)
    found = {(): [Round(form[0], tree)]}
    for names, rows in ((("person",), person), (("person", "trip"), trip)):
        elements = tree.findall("/".join(names))
        parents = found[names[:-1]]
        found[names] = [
            Round(row, element, parents[int(str(row["parent_index"])) - 1], int(str(row["sibling_index"])))
            for row, element in zip(rows, elements, strict=True)
        ]
    return found
