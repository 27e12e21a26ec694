"""Expressions on answers: as JavaRosa understands them, as libxml2 does where both should agree, else unanswered."""

from __future__ import annotations

import contextlib
import copy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from forms.evaluate.functions import FUNCTIONS, LIST_FUNCTIONS
from forms.evaluate.syntax import ExpressionError, parse
from forms.schema import load_form
from forms.xform import compile_xform
from tests.examples import examples
from tests.forms.expressions import FORM_JSON, XML, Asked, ask
from tests.forms.javarosa import recalculated

HOLDS = [
    "${age} = 34",
    "${age} = '34'",
    "${age} >= 18 and ${age} < 40",
    "${age} > 18 and not(${age} > 40)",
    "18 < ${age}",
    "${nothing} = ''",
    "${word} != ''",
    "not(${nothing} > 3) and not(${nothing} < 3)",
    "${nothing} != 3",
    "${born} < ${later}",
    "${born} > date('1990-01-04')",
    "${later} - ${born} = 13204",
    "date(1) = '1970-01-02'",
    "${born} = '1990-01-05'",
    "format-date(${born}, '%Y/%n/%e %d.%m.%y') = '1990/1/5 05.01.90'",
    "selected(${several}, 'a') and not(selected(${several}, 'c'))",
    "count-selected(${several}) = 2 and count-selected(${nothing}) = 0",
    "selected-at(${several}, 1) = 'b' and selected-at(${several}, 7) = ''",
    "${several} = 'a b'",
    "${weight} = 1.5 and ${weight} * 2 = 3",
    "string(${weight} * 2) = '3'",
    "${weight} > 1 and 7 div 2 = 3.5 and 7 mod 4 = 3 and -7 mod 4 = -3",
    "count(${person}) = 2 and count(/data/person) = 2",
    "sum(${years}) = 3 and max(${year}) = 2002 and min(${year}) = 1999",
    "concat(${alias}) = 'AnaIon' and join('-', ${alias}) = 'Ana-Ion'",
    "concat('a', ${age}, 'b') = 'a34b'",
    "/data/person[position() = 2]/alias = 'Ion'",
    "/data/person[alias = 'Ion']/trip/year = 1999",
    "/data/person[alias = current()/../g/one]/alias = ''",
    "count(/data/person[years > 2]) = 1",
    "count(/data/person[years > ${weight} and alias = 'Ana']) = 1",
    "count-non-empty(/data/person/years) = 1",
    "indexed-repeat(${alias}, ${person}, 2) = 'Ion'",
    "indexed-repeat(${year}, ${person}, 1, ${trip}, 2) = 2002",
    "instance('letters')/root/item[name = ${one}]/region = 'x'",
    "count(instance('letters')/root/item[region = 'x']) = 2",
    "count(instance('letters')/root/item[selected(/data/several, name)]) = 2",
    "regex(${word}, '[a-z]+') and not(regex(${word}, '^[0-9]+$'))",
    "substr(${word}, 0, 2) = 'he' and substr(${word}, -2) = 'lo' and substr(${word}, 1, -1) = 'ell'",
    "substring-before(${word}, 'l') = 'he' and substring-after(${word}, 'l') = 'lo'",
    "starts-with(${word}, 'he') and ends-with(${word}, 'lo') and contains(${word}, 'ell')",
    "translate(${word}, 'le', 'L') = 'hLLo' and normalize-space('  a   b ') = 'a b'",
    "string-length(${word}) = 5",
    "if(${age} > 3, 'old', 'young') = 'old' and if(${age} < 3, 1, 2) = 2",
    "coalesce(${nothing}, ${word}) = 'hello' and coalesce(${age}, 1) = 34",
    "../word = 'hello' and ../g/one = 'a' and /data/g/one = 'a'",
    "round(2.345, 2) = 2.35 and round(2.5) = 3 and round(-2.5) = -2 and round(128, -1) = 130",
    "int(3.7) = 3 and int(-3.7) = -3 and abs(-2) = 2 and pow(2, 3) = 8 and sqrt(9) = 3",
    "exp(0) = 1 and log(1) = 0 and log10(100) = 2 and exp10(2) = 100 and cos(0) = 1 and sin(0) = 0",
    "-${age} < 0 and --${age} = 34",
    "boolean-from-string('true') and not(boolean-from-string('0')) and boolean(${word})",
    "true() and not(false()) and number('12') = 12 and string(3) = '3'",
    "checklist(1, 2, ${age} > 3, ${age} > 99, true()) and not(checklist(-1, 0, true()))",
    "weighted-checklist(2, 3, ${age} > 3, 2, ${age} > 99, 5)",
    "max(1, ${age}, 3) = 34 and min(1, ${age}, 3) = 1",
    "digest('abc', 'MD5', 'hex') = '900150983cd24fb0d6963f7d28e17f72'",
    "digest(${word}, 'SHA-256') = 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='",
    "base64-decode('aGVsbG8=') = ${word}",
    "area(${field}) > 6000000000 and area(${field}) < 6300000000",
    "distance(${field}) > 370000 and distance(${field}) < 390000",
    "(${age} = 34 or ${age} = 35) and (${word} = 'x' or ${one} = 'a' or ${one} = 'b')",
    "${moment} > date('2020-01-01')",
]
IN_A_ROUND = [
    "${alias} = 'Ana'",
    "../years = 3",
    "position(..) = 1",
    "count(../trip) = 2 and count(${trip}) = 2",
    "sum(${year}) = 4003",
    "count(/data/person) = 2 and count(${person}) = 2",
    "${age} = 34 and /data/word = 'hello'",
    "indexed-repeat(${alias}, ${person}, position(..) + 1) = 'Ion'",
    "/data/person[position() = position(current()/..) + 1]/alias = 'Ion'",
]


@pytest.mark.parametrize("expression", HOLDS)
def test_what_holds(expression: str) -> None:
    assert ask(expression) == Asked(True)


@pytest.mark.parametrize("expression", IN_A_ROUND)
def test_what_holds_in_a_round_of_a_repeat(expression: str) -> None:
    assert ask(expression, ("person", "alias")) == Asked(True)


def test_rounds_are_told_apart() -> None:
    assert ask("position(..) = 2 and ${alias} = 'Ion'", ("person", "alias"), 1) == Asked(True)
    assert ask("indexed-repeat(${alias}, ${person}, position(..) - 1) = 'Ana'", ("person", "alias"), 1) == Asked(True)
    assert ask("count(../preceding-sibling::person) = 1", ("person", "alias"), 1) == Asked(True)
    trip = ("person", "trip", "year")
    assert ask("../../alias = 'Ion' and ${alias} = 'Ion' and . = 1999", trip, 2) == Asked(True)
    assert ask("position(..) = 1 and position(../..) = 2 and ${age} = 34", trip, 2) == Asked(True)
    assert ask("position(..) = 2 and count(${trip}) = 2", trip, 1) == Asked(True)


def test_javarosa_finds_the_same(tmp_path: Path) -> None:
    """Every expression above as a calculation that JavaRosa does on the same answers."""
    document = copy.deepcopy(FORM_JSON)

    def calculations(expressions: list[str], prefix: str) -> list[dict[str, str]]:
        return [
            {"type": "calculate", "name": f"{prefix}{number}", "calculation": f"if({expression}, 'yes', 'no')"}
            for number, expression in enumerate(expressions)
        ]

    person = next(each for each in document["questions"] if each["name"] == "person")
    person["questions"] += calculations(IN_A_ROUND, "r")
    document["questions"] += calculations(HOLDS, "c")
    # JavaRosa calculates into elements that are there.
    rounds = "".join(f"<r{number}/>" for number in range(len(IN_A_ROUND)))
    own = "".join(f"<c{number}/>" for number in range(len(HOLDS)))
    given = XML.replace(b"</person>", f"{rounds}</person>".encode()).replace(b"<meta>", f"{own}<meta>".encode())
    (done,) = recalculated(compile_xform(load_form(document)), [given], tmp_path)
    root = etree.fromstring(done)
    said = {HOLDS[number]: root.findtext(f"{{*}}c{number}") for number in range(len(HOLDS))}
    first = root.find("{*}person")
    assert first is not None
    said |= {IN_A_ROUND[number]: first.findtext(f"{{*}}r{number}") for number in range(len(IN_A_ROUND))}
    assert {expression for expression, answer in said.items() if answer != "yes"} == set()


OPEN = [
    ("today() > ${born}", "today()"),
    ("now() > ${born}", "now()"),
    ("random() > 0.5", "random()"),
    ("uuid() = 'x'", "uuid()"),
    ("once(random()) > 0", "once()"),
    ("pulldata('people', 'label', 'name', 'x') = 'y'", "pulldata()"),
    ("${last-saved#age} = 34", "${last-saved#age}"),
    ("instance('elsewhere')/root/item[name = 'a']/x = 1", "instance('elsewhere')"),
    ("jr:choice-name(${one}, '${one}') = 'a'", "jr:choice-name()"),
    ("some-new-function(1) = 2", "some-new-function()"),
    ("${nobody} = 1", "${nobody}"),
    ("/data/nobody = 1", "nobody"),
    ("/other/age = 1", "other/age"),
    ("count(1, 2) = 1", "count()"),
    ("position(..) = 1", "position()"),
    ("indexed-repeat(${alias}, ${g}, 1) = 1", "indexed-repeat()"),
    ("${instanceID} = 'x'", "${instanceID}"),
    ("/data/person[1]/alias = 'Ana'", "[1]"),
    ("/data/person[trip/year > today()]/alias = 'x'", "today()"),
]


@pytest.mark.parametrize(("expression", "needed"), OPEN)
def test_what_answers_alone_do_not_tell_is_left_open_and_named(expression: str, needed: str) -> None:
    assert ask(expression) == Asked(None, (needed,))


def test_an_operand_that_is_left_open_does_not_matter_where_another_decides() -> None:
    for needed in ("today() > ${born}", "${moment} > ${moment}"):
        for expression in (f"${{age}} = 1 and {needed}", f"{needed} and ${{age}} = 1"):
            assert ask(expression).holds is False
            assert ask(f"{expression} and ${{age}} = 2").holds is False
        for expression in (f"${{age}} = 34 or {needed}", f"{needed} or ${{age}} = 34", f"1 = 2 or {needed} or 1 = 1"):
            assert ask(expression).holds is True
        assert ask(f"${{age}} = 34 and {needed}").holds is None
        assert ask(f"if(${{age}} = 34, 'a', {needed}) = 'a'").holds is True


@pytest.mark.parametrize(
    "expression",
    [
        "regex(${word}, 'h')",  # part of it: JavaRosa asks for all
        "regex(${word}, '(h+)+')",
        "regex(${word}, '(?<name>h)')",
        "${moment} > date('2026-03-01')",  # the day depends on the zone
        "${moment} = '2026-03-01'",
        "'3,5' > 3",
        "${alias} = 'Ana'",  # which of them
        "format-date(${born}, '%a') = 'Fri'",
        "date('yesterday') = 'x'",
        "digest('abc', 'MD4') = 'x'",
        "base64-decode('%') = 'x'",
        "area('here') = 0",
        "selected-at(${several}, ${nothing}) = 'a'",
    ],
)
def test_where_clients_differ_nothing_is_said(expression: str) -> None:
    assert ask(expression) == Asked(None)


def test_what_is_no_expression_is_left_open() -> None:
    for text in (
        "",
        "(",
        "1 +",
        "a b",
        "'x",
        "${a",
        "a = = b",
        "(" * 500 + "1" + ")" * 500,
        "if(" * 500,
        "1 " + "+ 1" * 3000,
    ):
        assert ask(text).holds is None, text[:20]
        assert ask(text).open


_NUMBERS = st.integers(-20, 20).map(str)
_TEXTS = st.sampled_from(["'a'", "'b'", "''", "'7'", '"a b"'])


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(
        inner, st.sampled_from(["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or"]), inner
    ).map(" ".join)
    called = st.one_of(
        inner.map("not({})".format),
        inner.map("string-length({})".format),
        inner.map("floor({})".format),
        inner.map("boolean({})".format),
        inner.map("number({})".format),
        st.tuples(inner, inner).map(lambda two: f"contains({two[0]}, {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"substring-after({two[0]}, {two[1]})"),
    )
    return st.one_of(binary, binary.map("({})".format), called, inner.map("-{}".format))


@settings(max_examples=examples(300), deadline=None)
@given(st.recursive(st.one_of(_NUMBERS, _TEXTS), _joined, max_leaves=8))
def test_operators_and_their_order_are_those_of_xpath(expression: str) -> None:
    expected = etree.XPath(f"boolean({expression})")(etree.Element("x"))
    assert ask(expression) == Asked(expected)


@settings(max_examples=examples(200), deadline=None)
@given(st.text("ab1'\"${}()[]/.,*+-=<>!|@: \n", max_size=25))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        parse(text)
    asked = ask(text)
    assert asked.holds is None or isinstance(asked.holds, bool)


_ODD = {
    b"<age>34</age>": [b"", b"<age/>", b"<age>old</age>", b"<age>" + b"9" * 390 + b"</age>", b"<age>-0</age>"],
    b"<word>hello</word>": [b"", b"<word>1e5</word>", b"<word>NaN</word>", b"<word>" + b"7" * 400 + b"</word>"],
    b"<born>1990-01-05</born>": [b"", b"<born>0001-01-01</born>", b"<born>9999-12-31</born>", b"<born>soon</born>"],
    b"<weight>1.5</weight>": [b"", b"<weight>1E+999</weight>", b"<weight>-.5</weight>", b"<weight>x</weight>"],
    b"<several>a b</several>": [b"", b"<several> </several>", b"<several>a a q</several>"],
}
_CALLABLE = sorted({*FUNCTIONS, *LIST_FUNCTIONS, "if", "coalesce", "position", "join", "count-selected", "today"})
_VALUES = [f"${{{name}}}" for name in ("age", "word", "nothing", "born", "moment", "several", "weight", "field", "one")]
_VALUES += ["${alias}", "/data/person", "/data/person[years > ${age}]/alias", ".", "..", "0", "-1", "1e", "99999", "''"]
_VALUES += ["'%Y-%q'", "'MD5'", "'('", "instance('letters')/root/item[name = ${word}]/region"]


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_no_call_on_any_answers_fails_otherwise_than_by_saying_nothing(data: st.DataObject) -> None:
    xml = XML
    for usual, odd in _ODD.items():
        xml = xml.replace(usual, data.draw(st.sampled_from([usual, *odd])))
    values = st.sampled_from(_VALUES)
    calls = st.tuples(st.sampled_from(_CALLABLE), st.lists(values, max_size=4)).map(
        lambda call: f"{call[0]}({', '.join(call[1])})"
    )
    inner = st.one_of(values, calls)
    operators = st.sampled_from(["=", "!=", "<", ">=", "+", "-", "*", "div", "mod", "and", "or"])
    expression = " ".join(data.draw(st.tuples(inner, operators, inner)))
    assert ask(expression, xml=xml).holds in (True, False, None)
