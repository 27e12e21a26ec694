"""JSON that is no form, or no longer a valid one."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.forms.strategies import documents

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def damaged_documents(draw: st.DrawFn) -> Any:
    """A form's JSON with one to three places overwritten, removed or renamed."""
    document: Any = draw(documents())
    for _ in range(draw(st.integers(1, 3))):
        holder, key = _somewhere(draw, document)
        match draw(st.integers(0, 3)):
            case 0:
                holder[key] = draw(json_values)
            case 1:
                del holder[key]
            case 2 if isinstance(holder, dict):
                holder[f"{key}{draw(st.text(max_size=3))}"] = holder.pop(key)
            case _:
                holder[key] = draw(st.sampled_from(["${", "${nobody}", "((", "'", "text", "a b", "1", 5, []]))
    return document


def _somewhere(draw: st.DrawFn, document: Any) -> tuple[Any, Any]:
    holder, found = document, None
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            return found if found is not None else (document, draw(st.sampled_from(list(document))))
        key = draw(st.sampled_from(keys))
        found = (holder, key)
        if not isinstance(holder[key], dict | list) or draw(st.integers(0, 3)) == 0:
            return found
        holder = holder[key]
