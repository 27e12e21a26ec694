"""The XForm that a form becomes, as ODK reads it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from forms.definition import Form, Kind, Question, walk
from forms.errors import Code, FormError
from forms.schema import dump_form, load_form
from forms.version import version_hash
from forms.xform import compile_xform
from forms.xlsform import to_sheets
from tests.examples import examples
from tests.forms.examples import every_kind, small_form, text, with_question
from tests.forms.strategies import documents

NS = {
    "h": "http://www.w3.org/1999/xhtml",
    "x": "http://www.w3.org/2002/xforms",
    "jr": "http://openrosa.org/javarosa",
    "orx": "http://openrosa.org/xforms",
}


def _tree(form: Form) -> Any:
    return etree.fromstring(compile_xform(form).encode())


def test_the_instance_names_form_and_version() -> None:
    document = small_form()
    (data,) = _tree(load_form(document)).xpath("//x:model/x:instance[1]/x:data", namespaces=NS)
    assert data.get("id") == "small"
    assert data.get("version") == version_hash(document)
    assert [each.tag.rpartition("}")[2] for each in data] == ["first", "second", "meta"]
    assert _tree(load_form(document)).xpath("//x:bind[@jr:preload='uid']/@nodeset", namespaces=NS) == [
        "/data/meta/instanceID"
    ]


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(documents())
def test_every_question_has_its_bind_and_every_language_its_texts(document: dict[str, Any]) -> None:
    form = load_form(document)
    tree = _tree(form)
    root = f"/{form.root_name or 'data'}/"
    binds = set(tree.xpath("//x:bind/@nodeset", namespaces=NS))
    for place in walk(form):
        if isinstance(place.item, Question):
            path = root + ("meta/audit" if place.item.kind is Kind.AUDIT else "/".join(place.path))
            # Of all types, only a trigger may have nothing to say in its bind.
            assert path in binds or place.item.kind is Kind.TRIGGER
    titles = {each.title for each in form.languages}
    assert set(tree.xpath("//x:translation/@lang", namespaces=NS)) <= titles
    for place in walk(form):
        for language in form.languages:
            label = (place.item.label or {}).get(language.code)
            if label is None or language.code == "default":
                continue
            (value,) = tree.xpath(
                "//x:translation[@lang=$lang]/x:text[@id=$id]/x:value[not(@form)]",
                namespaces=NS,
                lang=language.title,
                id=root + "/".join(place.path) + ":label",
            )
            assert "".join(value.itertext()).strip() == re.sub(r"\$\{.*?\}", "", label).strip()


def test_typographic_quotes_stay_in_texts_and_become_straight_in_expressions() -> None:
    words = "Das „Haus“ – ‘so’ “wie” es heißt"
    question = {
        "type": "select_one",
        "name": "z",
        "label": text(words),
        "choices": "list",
        "relevant": "${first} = ‘x’",
    }
    document = with_question(**question)
    document["choices"]["list"] = [{"name": "l’été", "label": text(words), "values": {"c": "“"}}]
    document["title"] = text(words)
    tree = _tree(load_form(document))
    assert set(tree.xpath("//x:text[starts-with(@id, '/data/z')]/x:value/text()", namespaces=NS)) == {words}
    assert tree.xpath("//x:instance[@id='list']//x:name/text()", namespaces=NS) == ["l’été"]
    assert tree.xpath("//x:instance[@id='list']//x:c/text()", namespaces=NS) == ["“"]
    assert tree.xpath("//h:title/text()", namespaces=NS) == [words]
    assert tree.xpath("//x:bind[@nodeset='/data/z']/@relevant", namespaces=NS) == [" /data/first  = 'x'"]


def test_characters_that_stand_in_for_quotes_may_be_in_a_text_themselves() -> None:
    words = "“\ufdd0\ufdd1”"
    form = load_form(with_question(type="note", name="n", label=text(words)))
    values = _tree(form).xpath("//x:text[@id='/data/n:label']/x:value/text()", namespaces=NS)
    assert values == [words, words]


def test_texts_keep_their_white_space_and_their_markup() -> None:
    words = "Zwei  Leer-\nZeilen <b>&amp;</b> \"'"
    form = load_form(with_question(type="note", name="n", label=text(words)))
    values = _tree(form).xpath("//x:text[@id='/data/n:label']/x:value/text()", namespaces=NS)
    assert values == [words, words]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"type": "text", "name": "z", "label": text("${nobody}")}, Code.PYXFORM_REFUSED),
        ({"type": "text", "name": "z", "label": text("z"), "relevant": "${z"}, Code.PYXFORM_REFUSED),
        ({"type": "text", "name": "first", "label": text("z")}, Code.PYXFORM_REFUSED),
        ({"type": "text", "name": "meta", "label": text("z")}, Code.PYXFORM_REFUSED),
        ({"type": "select_one", "name": "z", "label": text("z"), "choices": "none"}, Code.PYXFORM_REFUSED),
        (
            {"type": "range", "name": "z", "label": text("z"), "parameters": {"start": 0, "end": 1, "step": 5}},
            Code.PYXFORM_REFUSED,
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_pyxform_refuses_is_told_at_its_question(question: dict[str, Any], code: Code) -> None:
    with pytest.raises(FormError) as caught:
        compile_xform(load_form(with_question(**question)))
    assert (caught.value.code, caught.value.pointer) == (code, "/questions/2")
    assert "[row" not in str(caught.value.params["message"])


def test_a_choice_that_pyxform_refuses_is_told_at_its_place() -> None:
    document = small_form()
    document["choices"]["yes_no"].append({"name": "yes", "label": text("Ja")})
    with pytest.raises(FormError) as caught:
        compile_xform(load_form(document))
    assert caught.value.pointer == "/choices/yes_no/2"


def test_the_rows_are_those_of_an_xlsform() -> None:
    sheets = to_sheets(every_kind())
    types = [row["type"] for row in sheets.survey]
    assert types[:2] == ["start", "end"]
    assert {"dateTime", "select_one yes_no or_other", "rank colour", "begin_repeat", "end_repeat"} <= set(types)
    assert len(sheets.survey) == len(sheets.survey_pointers)
    assert sheets.settings["form_id"] == "every"
    assert sheets.settings["version"] == version_hash(dump_form(every_kind()))
    assert sheets.choices[0] == {
        "list_name": "yes_no",
        "name": "yes",
        "label::bg": "Ja",
        "label::Deutsch (de)": "Ja",
    }
    # In the order of the languages, which decides which translation comes first.
    assert list(sheets.choices[0])[2:] == ["label::Deutsch (de)", "label::bg"]
