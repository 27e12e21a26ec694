"""The question that a comment is meant for, as a path in the instance."""

from __future__ import annotations

import re

from lxml import etree

from forms.answers.instance import local_name, parse_instance
from server.errors.error import CodedError

_STEP = re.compile(r"(?P<name>[^\[\]]+)(\[(?P<position>[1-9][0-9]{0,5})\])?")


def checked_path(xml: str, path: str) -> str:
    """The path as the tablet names the question; what does not begin with ``/`` begins below the root.

    Raises ``CodedError`` ``return.path`` where nothing stands there; ``FormError`` where the instance is no XML.
    """
    root = parse_instance(xml.encode("utf-8"))
    whole = path if path.startswith("/") else f"/{local_name(root)}/{path}"
    _, first, *steps = whole.split("/")
    found = [root] if first == local_name(root) else []
    for step in steps:
        found = [child for parent in found for child in _children(parent, step)]
    if not found or not steps:
        raise CodedError("return.path", path=path)
    return whole


def _children(parent: etree._Element, step: str) -> list[etree._Element]:
    """Those that a step names: with a position that one alone, without it all of the name."""
    matched = _STEP.fullmatch(step)
    if matched is None:
        return []
    named = [child for child in parent if local_name(child) == matched["name"]]
    if matched["position"] is None:
        return named
    at = int(matched["position"]) - 1
    return named[at : at + 1]
