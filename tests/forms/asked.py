"""What a form asks after given answers: its relevances, worked out by libxml2 on answers without repeats."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from forms.definition import Form, Group, Item, Question, Repeat

_REFERENCE = re.compile(r"\$\{(\w+)\}")


def asked(form: Form, answers: Mapping[str, str]) -> set[str]:
    """The names of the questions, groups and repeats that are shown. An answer to a hidden question does not count."""
    root = etree.Element("data")
    shown: set[str] = set()
    _show(root, form.questions, answers, shown)
    return shown


def _show(root: etree._Element, items: tuple[Item, ...], answers: Mapping[str, str], shown: set[str]) -> None:
    for item in items:
        if item.relevant is not None and not _holds(root, item.relevant):
            continue
        shown.add(item.name)
        if isinstance(item, Question):
            etree.SubElement(root, item.name).text = answers.get(item.name) or _first(root, item.calculation)
        elif isinstance(item, Group | Repeat):
            _show(root, item.questions, answers, shown)


def _first(root: etree._Element, calculation: str | None) -> str | None:
    """The value of a `coalesce` of answers; other calculations are left empty."""
    if calculation is None or not calculation.startswith("coalesce("):
        return None
    return next((text for name in _REFERENCE.findall(calculation) if (text := root.findtext(name))), None)


def _holds(root: etree._Element, relevant: str) -> bool:
    written = _REFERENCE.sub(r"string(/data/\1)", relevant)
    functions = {(None, "selected"): _selected, (None, "count-selected"): _count_selected}
    return bool(root.xpath(f"boolean({written})", extensions=functions))


def _selected(_: object, several: str, one: str) -> bool:
    return one in several.split()


def _count_selected(_: object, several: str) -> int:
    return len(several.split())
