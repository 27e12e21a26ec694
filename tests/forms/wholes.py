"""What a form holds beside its questions, as hypothesis makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.forms.strategies import Maker

MISSING = {"dont_know": -97, "refused": -98, "not_applicable": -96, "broken_off": 999}
_SUBMISSIONS = [
    {"url": "https://example.org/submission", "auto_send": "true"},
    {"auto_delete": "false", "editable": True},
    {"public_key": "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"},
]
_KEYS = (
    *("style", "instance_name", "version_label", "submission", "data_files", "files", "attributes", "root_name"),
    "xform_id",
)


def further_keys(draw: st.DrawFn, maker: Maker, document: dict[str, Any], *, old: bool) -> None:
    """Add to the document what its questions need, and a few more keys."""
    if maker.missing:
        kinds = {name: {"code": MISSING[name], "label": maker.label()} for name in maker.missing}
        document["missing"] = {"label": maker.label(), "kinds": kinds}
    if maker.entity:
        document["entities"] = [draw(st.sampled_from([{"dataset": "homes", "label": "'x'"}, _updated(maker)]))]
    for key, lists in (("external_choices", maker.external), ("tags", maker.tags)):
        if lists:
            document[key] = lists
    for key in draw(st.lists(st.sampled_from(_KEYS), max_size=3, unique=True)):
        document[key] = _value(key, draw, maker)
    if "attributes" in document:
        document["namespaces"] = {"esri": "http://esri.com/xforms"}
    language = document["languages"][-1]
    if language["code"] != "default" and draw(st.booleans()):
        language["spelling"] = f"Language {language['code']}"
    if draw(st.integers(0, 3)) == 0:
        document["allow_duplicate_choices"] = True
        first = next(iter(document["choices"].values()))
        first.append(dict(first[0]))
    if old and "submission" not in document:
        document |= draw(
            st.sampled_from([{"flat": True}, {"instance_id": False}, {"instance_id": "uid", "flat": False}])
        )


def _updated(maker: Maker) -> dict[str, str]:
    entity = {"dataset": "homes", "entity_id": "uuid()", "update_if": "1 = 1", "create_if": "1 = 2", "label": "'x'"}
    return entity if maker.earlier else {"dataset": "homes", "label": "'y'"}


def _value(key: str, draw: st.DrawFn, maker: Maker) -> Any:
    match key:
        case "style":
            return "pages"
        case "instance_name":
            return maker.condition()
        case "version_label":
            return "spring 2026"
        case "submission":
            return draw(st.sampled_from(_SUBMISSIONS))
        case "data_files":
            return {"prices": "csv", "register": "xml"}
        case "files":
            return {"prices.csv": "0" * 64, "Straße 1.png": "9f86d081" * 8}
        case "attributes":
            return {"esri:version": "2", "plain": "x"}
        case "root_name":
            return "answers"
        case _:
            return "An id with blanks"
