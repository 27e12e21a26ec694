"""The comparison of XForms misses nothing that a client could tell apart, and tells nothing apart that it could not."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from lxml import etree

from forms.xform import compile_xform
from forms.xlsform.reading import read_xlsform
from forms.xlsform.same import NotAnXFormError, differences

TABLE = """
| survey   |                  |      |                |               |           |        |              |
|          | type             | name | label::English | label::French | relevant  | trigger | calculation |
|          | text             | a    | A              | A fr          |           |        |              |
|          | select_one l     | b    | B ${a}         | B fr          | ${a} = 1  |        |              |
|          | calculate        | c    |                |               |           | ${a}   | now()        |
|          | begin repeat     | r    | R              | R fr          |           |        |              |
|          | image            | d    | D              | D fr          |           |        |              |
|          | end repeat       |      |                |               |           |        |              |
| choices  |                  |      |                |               |           |        |              |
|          | list_name        | name | label::English | label::French | k         |        |              |
|          | l                | x    | X              | X fr          | 1         |        |              |
|          | l                | y    | Y              | Y fr          | 2         |        |              |
|          | m                | z    | Z              | Z fr          | 3         |        |              |
| settings |                  |      |                |               |           |        |              |
|          | default_language | style | submission_url | version      |           |        |              |
|          | French           | pages | https://x.org  | 1            |           |        |              |
"""
XML = compile_xform(read_xlsform(TABLE.encode(), "x.md").form)


def root() -> etree._Element:
    return etree.fromstring(XML.encode())


def text_of(tree: etree._Element) -> str:
    return etree.tostring(tree, encoding="unicode")


def everything() -> list[tuple[str, Callable[[etree._Element], None]]]:
    """Every small change to the XForm: an attribute, a text, an element less, two neighbours swapped."""
    changes: list[tuple[str, Callable[[etree._Element], None]]] = []
    for number, element in enumerate(root().iter()):
        place = f"{number} {etree.QName(element).localname}"
        for name in element.attrib:
            if element.getparent() is not None and name == "version":
                continue
            changes.append((f"{place} @{name}", lambda tree, n=number, a=name: _nth(tree, n).set(a, "other")))
            changes.append((f"{place} -@{name}", lambda tree, n=number, a=name: _nth(tree, n).attrib.pop(a)))
        if element.text and element.text.strip():
            changes.append((f"{place} text", lambda tree, n=number: setattr(_nth(tree, n), "text", "other")))
        if element.getparent() is not None:
            changes.append((f"{place} removed", lambda tree, n=number: _remove(_nth(tree, n))))
            changes.append((f"{place} twice", lambda tree, n=number: _double(_nth(tree, n))))
    return changes


def _nth(tree: etree._Element, number: int) -> etree._Element:
    return list(tree.iter())[number]


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _double(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.insert(parent.index(element), copy.deepcopy(element))


def test_a_form_is_the_same_as_itself() -> None:
    assert differences(XML, XML) == []
    assert differences(XML, text_of(root())) == []


def test_every_small_change_is_a_difference() -> None:
    changes = everything()
    assert len(changes) > 250
    unseen = []
    for name, change in changes:
        tree = root()
        change(tree)
        try:
            if not differences(XML, text_of(tree)):
                unseen.append(name)
        except NotAnXFormError:
            pass
    assert unseen == []


@pytest.mark.parametrize(
    ("path", "is_different"),
    [
        ("//x:bind", True),
        ("//h:body", True),
        ("//x:model/x:instance[1]/*", True),
        ("//x:instance[@id='l']/x:root", True),
        ("//x:instance[@id='l']/x:root/x:item", False),
        ("//x:translation", False),
        ("//x:text[@id='/data/b:label']", False),
    ],
)
def test_order_counts_where_a_client_could_tell(path: str, is_different: bool) -> None:
    namespaces = {"x": "http://www.w3.org/2002/xforms", "h": "http://www.w3.org/1999/xhtml"}
    tree = root()
    (first, *_) = tree.xpath(path, namespaces=namespaces)
    parent = first.getparent() if path == "//x:bind" else first
    parent[:] = list(parent)[::-1]
    assert bool(differences(XML, text_of(tree))) == is_different


def test_the_first_translation_counts_where_none_is_the_default() -> None:
    plain = compile_xform(read_xlsform(TABLE.partition("| settings")[0].encode(), "x.md").form)
    tree = etree.fromstring(plain.encode())
    itext = tree.find(".//{*}itext")
    assert itext is not None
    first = itext[0]
    itext.remove(first)
    itext.append(first)
    assert differences(plain, text_of(tree))


@pytest.mark.parametrize(
    "xml", ["", "<a/>", "<a", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', XML.replace("model", "m")]
)
def test_what_is_no_xform_is_told(xml: str) -> None:
    with pytest.raises(NotAnXFormError):
        differences(XML, xml)
