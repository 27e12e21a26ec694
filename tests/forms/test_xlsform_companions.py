"""The kinds of missing answer in the XForm: after a question that offers some, a companion that any client shows."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from lxml import etree

from forms.errors import Code, FormError
from forms.schema import dump_form, load_form
from forms.xform import compile_xform
from forms.xlsform import to_sheets
from forms.xlsform.reading import read_xlsform
from forms.xlsform.workbook import write_xlsform
from tests.forms.examples import small_form, text

NS = {"x": "http://www.w3.org/2002/xforms"}
KINDS = {"dont_know": -97, "refused": -98, "not_applicable": -96, "broken_off": -95}


def form(**question: Any) -> dict[str, Any]:
    document = copy.deepcopy(small_form())
    kinds = {name: {"code": code, "label": text(name)} for name, code in KINDS.items()}
    document["missing"] = {"label": text("Keine Antwort"), "kinds": kinds}
    document["questions"] = [{"type": "integer", "name": "age", "label": text("Alter"), "missing": True, **question}]
    return document


def tree(document: dict[str, Any]) -> Any:
    return etree.fromstring(compile_xform(load_form(document)).encode())


def bind(document: dict[str, Any], name: str) -> dict[str, str]:
    (found,) = tree(document).xpath("//x:bind[@nodeset=$name]", namespaces=NS, name=f"/data/{name}")
    return dict(found.attrib)


def test_the_companion_follows_its_question() -> None:
    document = form(relevant="1 = 1")
    assert [each.tag.rpartition("}")[2] for each in tree(document).xpath("//x:data/*", namespaces=NS)][:2] == [
        "age",
        "age_missing",
    ]
    assert bind(document, "age_missing") == {
        "nodeset": "/data/age_missing",
        "type": "string",
        "relevant": "1 = 1",
        "constraint": ". = '' or  /data/age  = ''",
    }
    (select,) = tree(document).xpath("//x:select1[@ref='/data/age_missing']", namespaces=NS)
    assert select.get("appearance") == "minimal missing"


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        (True, " /data/age_missing  = ''"),
        ("${age} > 3", "( /data/age  > 3) and  /data/age_missing  = ''"),
        (False, "false()"),
        (None, None),
    ],
)
def test_an_answer_is_required_as_long_as_nothing_says_why_it_is_missing(required: object, expected: object) -> None:
    document = form() if required is None else form(required=required)
    assert bind(document, "age").get("required") == expected


def test_all_kinds_are_offered_with_the_lowest_code_first() -> None:
    names = tree(form()).xpath("//x:instance[@id='feldbuch_missing']//x:name/text()", namespaces=NS)
    assert names == ["refused", "dont_know", "not_applicable", "broken_off"]


def test_some_kinds_make_a_list_of_their_own() -> None:
    document = form(missing=["dont_know", "refused"])
    names = tree(document).xpath("//x:instance[@id='feldbuch_missing_dont_know_refused']//x:name/text()", namespaces=NS)
    assert names == ["dont_know", "refused"]
    assert tree(document).xpath("//x:instance[@id='feldbuch_missing']", namespaces=NS) == []


@pytest.mark.parametrize("missing", [False, None])
def test_a_question_that_offers_none_has_no_companion(missing: object) -> None:
    document = form()
    del document["questions"][0]["missing"]
    if missing is not None:
        document["questions"][0]["missing"] = missing
    assert tree(document).xpath("//x:data/x:age_missing", namespaces=NS) == []


def test_rows_of_companions_point_to_their_question() -> None:
    sheets = to_sheets(load_form(form()))
    assert [row["name"] for row in sheets.survey] == ["age", "age_missing"]
    assert sheets.survey_pointers == ("/questions/0", "/questions/0")


def test_a_question_called_as_a_companion_is_told_at_its_place() -> None:
    document = form()
    document["questions"].append({"type": "text", "name": "age_missing", "label": text("x")})
    with pytest.raises(FormError) as caught:
        compile_xform(load_form(document))
    assert (caught.value.code, caught.value.pointer) == (Code.PYXFORM_REFUSED, "/questions/1")


@pytest.mark.parametrize("missing", [True, False, ["refused"], ["refused", "dont_know"]])
@pytest.mark.parametrize("required", [True, False, "${age} > 3", "(1 = 1) and (2 = 2)"])
def test_companions_are_folded_in_again(missing: object, required: object) -> None:
    document = form(missing=missing, required=required)
    assert dump_form(read_xlsform(write_xlsform(load_form(document)), "x.xlsx").form) == document
