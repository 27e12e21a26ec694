"""The contents that an entry of the feed names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from server.services.collect.case_lists import CASES_KIND, named_list
from server.services.collect.parcels import RETURN_KIND


def named_contents(entry: Mapping[str, object]) -> list[str]:
    """By SHA-256, of an entry that central signed; none where its kind names none."""
    body = cast("Mapping[str, Any]", entry["body"])
    if entry["kind"] == "form":
        files = [each["hash"] for each in body.get("files", ())]
        return [body["definition"]["hash"], body["xform"]["hash"], *files]
    if entry["kind"] == CASES_KIND:
        named = named_list(body)
        return [] if named is None else [named[1]]
    if entry["kind"] == RETURN_KIND:
        return [body["parcel"]["hash"]]
    return []
