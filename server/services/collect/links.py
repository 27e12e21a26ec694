"""Links: what enrols a tablet or joins a node, as an address whose fragment reaches no server by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from server.errors.error import CodedError
from sync.envelope.encoding import b64u, canonical, from_b64u

ENROLMENT_PATH = "/tablet/#enrol="
JOIN_PATH = "/#join="
LONGEST = 8192


def write_link(central: str, path: str, content: Mapping[str, object]) -> str:
    """A link on central's origin."""
    return central + path + b64u(canonical(content))


def read_join_link(link: str) -> Mapping[str, Any]:
    """What a join link says: ``study``, ``central``, ``key``, ``token``, ``name``, ``url``, ``sites``.

    Raises ``CodedError`` ``join.link``.
    """
    _, _, fragment = link.strip().partition(JOIN_PATH)
    try:
        content: Any = json.loads(from_b64u(fragment[:LONGEST]))
    except ValueError:
        raise CodedError("join.link") from None
    if not isinstance(content, dict) or content.get("v") != 1 or not isinstance(content.get("sites"), list):
        raise CodedError("join.link")
    texts = [content.get(name) for name in ("study", "central", "key", "token", "name", "url")]
    if not all(isinstance(text, str) and text for text in [*texts, *content["sites"]]):
        raise CodedError("join.link")
    return content
