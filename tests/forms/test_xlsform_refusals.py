"""What pyxform refuses, or breaks on, is refused by us at the cell; so is what no form should hold."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from forms.check import check_form
from forms.errors import Code, Finding, FormErrors
from forms.xlsform.reading import read_xlsform
from tests.examples import examples
from tests.forms.xlsforms import FORMS

# In each, the table begins in line 2 of the file.
REFUSED: dict[str, tuple[str, str]] = {
    "no sheet of that name": ("| choices | \n | | list_name | name |\n | | l | x |\n| other |\n| | a |", "survey!A1"),
    "no type column": ("| survey |\n| | name | label |\n| | a | A |", "survey!B3"),
    "no name": ("| survey |\n| | type | label |\n| | note | N |\n| | text | A |", "survey!B5"),
    "an unknown type": ("| survey |\n| | name | type | label |\n| | a | text | A |\n| | b | txt | B |", "survey!C5"),
    "a name twice": (
        "| survey |\n| | type | name | label |\n| | text | a | A |\n| | text | a | A |",
        "survey!C5",
    ),
    "a name with a blank": ("| survey |\n| | type | name | label |\n| | text | a b | A |", "survey!C4"),
    "a reserved name": ("| survey |\n| | type | name | label |\n| | text | meta | A |", "survey!C4"),
    "a name with a mark from right to left": (
        "| survey |\n| | type | name | label |\n| | text | a\u200f | A |",
        "survey!C4",
    ),
    "a repeat called as the root": (
        "| survey |\n| | type | name | label |\n| | begin repeat | data | A |\n| | text | a | A |\n| | end repeat |",
        "survey!C4",
    ),
    "a group that is not closed": (
        "| survey |\n| | type | name | label |\n| | begin group | g | A |\n| | text | a | A |",
        "survey!B4",
    ),
    "a group that was not opened": (
        "| survey |\n| | type | name | label |\n| | text | a | A |\n| | end group | | |",
        "survey!B5",
    ),
    "a reference to nothing": (
        "| survey |\n| | type | name | label | relevant |\n| | text | a | A | |\n| | text | b | B | ${c} = 1 |",
        "survey!E5",
    ),
    "a reference to two": (
        "| survey |\n| | type | name | label |\n| | text | a | ${b} |\n"
        "| | begin group | g | G |\n| | text | b | B |\n| | end group | | |\n| | text | b | B |",
        "survey!D4",
    ),
    "a reference that is not closed": (
        "| survey |\n| | type | name | label | calculation |\n| | calculate | a | | ${a + 1 |",
        "survey!E4",
    ),
    "no label": ("| survey |\n| | type | name | label |\n| | text | a | A |\n| | text | b | |", "survey!D5"),
    "no calculation": (
        "| survey |\n| | type | name | calculation |\n| | calculate | a | 1 |\n| | calculate | b | |",
        "survey!D5",
    ),
    "no such list": (
        "| survey |\n| | type | name | label |\n| | select_one m | a | A |\n"
        "| choices |\n| | list_name | name | label |\n| | l | x | X |",
        "survey!B4",
    ),
    "no choices at all": ("| survey |\n| | type | name | label |\n| | select_one m | a | A |", "survey!B4"),
    "a choice without a name": (
        "| survey |\n| | type | name | label |\n| | select_one l | a | A |\n"
        "| choices |\n| | list_name | name | label |\n| | l | x | X |\n| | l | | Y |",
        "choices!C8",
    ),
    "a choice twice": (
        "| survey |\n| | type | name | label |\n| | select_one l | a | A |\n"
        "| choices |\n| | list_name | name | label |\n| | l | x | X |\n| | l | x | Y |",
        "choices!C8",
    ),
    "a blank in a choice of several": (
        "| survey |\n| | type | name | label |\n| | select_multiple l | a | A |\n"
        "| choices |\n| | list_name | name | label |\n| | l | x | X |\n| | l | x y | Y |",
        "choices!C8",
    ),
    "a parameter that does not exist": (
        "| survey |\n| | type | name | label | parameters |\n| | text | a | A | lines=3 |",
        "survey!E4",
    ),
    "parameters that are none": (
        "| survey |\n| | type | name | label | parameters |\n| | text | a | A | rows: 3 |",
        "survey!E4",
    ),
    "a wrong number": (
        "| survey |\n| | type | name | label | parameters |\n| | text | z | Z | |\n| | image | a | A | max-pixels=x |",
        "survey!E5",
    ),
    "a range that cannot be": (
        "| survey |\n| | type | name | label | parameters |\n| | range | a | A | start=1 end=2 step=5 |",
        "survey!E4",
    ),
    "a trigger that is nothing": (
        "| survey |\n| | type | name | label | trigger |\n| | text | a | A | |\n| | text | b | B | ${c} |",
        "survey!E5",
    ),
    "a trigger that nobody sees": (
        "| survey |\n| | type | name | label | calculation | trigger |\n| | calculate | a | | 1 | |\n"
        "| | text | b | B | 2 | ${a} |",
        "survey!F5",
    ),
    "a medium that does not exist": (
        "| survey |\n| | type | name | label | media::smell |\n| | text | z | Z | |\n| | text | a | A | x |",
        "survey!E5",
    ),
    "a big picture without one": (
        "| survey |\n| | type | name | label | big-image |\n| | text | z | Z | |\n| | text | a | A | x.png |",
        "survey!E5",
    ),
    "two headers for one column": (
        "| survey |\n| | type | name | label | relevance | relevant |\n| | text | a | A | 1 | 2 |",
        "survey!F3",
    ),
    "an entity without a label": (
        "| survey |\n| | type | name | label |\n| | text | a | A |\n| entities |\n| | dataset |\n| | houses |",
        "entities!B7",
    ),
    "a property without an entity": (
        "| survey |\n| | type | name | label | save_to |\n| | text | a | A | p |",
        "survey!E4",
    ),
    "no choices in a file": (
        "| survey |\n| | type | name | label | choice_filter |\n| | select_one_external l | a | A | x=1 |",
        "survey!B4",
    ),
    "a section that was not included": (
        "| survey |\n| | type | name |\n| | text | a |\n| | include | b |",
        "survey!B5",
    ),
    "an encrypted form without an instanceID": (
        "| survey |\n| | type | name | label |\n| | text | a | A |\n"
        "| settings |\n| | public_key | omit_instanceID |\n| | MIIB | yes |",
        "settings!C7",
    ),
    "a root that cannot be called so": (
        "| survey |\n| | type | name | label |\n| | text | a | A |\n| settings |\n| | name |\n| | a b |",
        "settings!B6",
    ),
    "a list of a column in groups": (
        "| survey |\n| | type | name | label |\n| | select_one l | a | A |\n"
        "| choices |\n| | list_name | name | label | more::x |\n| | l | x | X | |\n| | l | y | Y | z |",
        "choices!E8",
    ),
    "a loop over nothing": (
        "| survey |\n| | type | name | label |\n| | text | z | Z |\n| | begin loop | a | A |\n| | end loop | | |",
        "survey!B5",
    ),
    "a loop that says too much": (
        "| survey |\n| | type | name | label |\n| | begin loop over l | a | A |\n| | text | b | 100 % |\n| | end loop |"
        "\n"
        "| choices |\n| | list_name | name | label |\n| | l | x | X |",
        "survey!D5",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_pyxform_refuses_is_refused_at_the_cell(name: str) -> None:
    table, cell = REFUSED[name]
    source = f"\n{textwrap.dedent(table)}"
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever pyxform raises
        convert(source, file_type=".md")
    with pytest.raises(FormErrors) as caught:
        read_xlsform(source.encode(), "x.md")
    (error,) = caught.value.errors
    assert error.code in (Code.PYXFORM_REFUSED, Code.PYXFORM_BROKE)
    assert error.params["cell"] == cell
    sheet, row, column = (error.params[key] for key in ("sheet", "row", "column"))
    assert error.pointer == f"/{sheet}/{row}/{str(column).replace('~', '~0').replace('/', '~1')}"
    assert "[row" not in str(error.params["message"])


# What pyxform lets through, and no form should hold.
OURS: dict[str, tuple[str, Code, str]] = {
    "a character that XML cannot carry": (
        "| survey |\n| | type | name | label |\n| | text | a | A\x01 |",
        Code.XFORM_BROKEN,
        "survey!D4",
    ),
    "a prefix that stands for nothing": (
        "| survey |\n| | type | name | label | bind::esri:x |\n| | text | z | Z | |\n| | text | a | A | y |",
        Code.XFORM_BROKEN,
        "survey!E5",
    ),
    "a column that is no element": (
        "| survey |\n| | type | name | label |\n| | select_one l | a | A |\n"
        "| choices |\n| | list_name | name | label | 1st |\n| | l | x | X | 1 |",
        Code.XFORM_BROKEN,
        "choices!E7",
    ),
}


@pytest.mark.parametrize("name", OURS)
def test_what_would_make_a_broken_xform_is_refused_at_the_cell(name: str) -> None:
    table, code, cell = OURS[name]
    with pytest.raises(FormErrors) as caught:
        read_xlsform(f"\n{table}".encode(), "x.md")
    (error,) = caught.value.errors
    assert (error.code, error.params["cell"]) == (code, cell)


def test_a_circular_calculation_is_told_at_its_cell() -> None:
    table = (
        "| survey |\n| | type | name | label | calculation |\n| | text | z | Z | |\n"
        "| | calculate | a | | ${b} + 1 |\n| | calculate | b | | ${a} + 1 |"
    )
    imported = read_xlsform(table.encode(), "x.md")
    (cycle,) = [each for each in check_form(imported.form) if each.code is Code.CYCLE]
    told = imported.at_cell(cycle)
    assert (told.params["sheet"], told.params["row"]) == ("survey", 4)


@settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.data())
def test_a_damaged_table_is_a_form_or_refused_at_a_cell(data: st.DataObject) -> None:
    table = FORMS[data.draw(st.sampled_from(sorted(FORMS)))]
    lines = [line.strip() for line in table.strip().splitlines()]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        cells = lines[at].split("|")
        cell = data.draw(st.integers(0, len(cells) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                cells[cell] = data.draw(st.sampled_from(["", "${", "${nobody}", "name", "::", "text", "%", "1", "'"]))
            case 1:
                cells[cell] = data.draw(st.text(max_size=5)).replace("\n", " ").replace("|", "")
            case 2:
                del cells[cell]
            case _:
                cells = data.draw(st.sampled_from(lines)).split("|")
        lines[at] = "|".join(cells)
    source = "\n".join(lines)
    accepted, errors = _accepts(source), _refuses(source)
    assert accepted or errors
    for error in errors:
        assert {"sheet", "row", "column", "cell"} <= error.params.keys()
        # Of what pyxform takes, only our own rules on names and characters refuse something.
        assert not accepted or error.code not in (Code.PYXFORM_REFUSED, Code.PYXFORM_BROKE, Code.IMPORT_DIFFERS)


def _accepts(source: str) -> bool:
    try:
        convert(source, file_type=".md")
    except Exception:
        return False
    return True


def _refuses(source: str) -> tuple[Finding, ...]:
    try:
        read_xlsform(source.encode("utf-8", "surrogatepass"), "data.md")
    except FormErrors as refused:
        return refused.errors
    return ()
