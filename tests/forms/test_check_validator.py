"""ODK Validate: what it refuses blocks, what it allows passes, and where it did not run that is said."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from forms.check import check_form, examine, odk_validate
from forms.errors import Code, Severity
from forms.schema import load_form
from forms.xform import compile_xform
from tests.forms.examples import every_kind, small_form, text

with_java = pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java")


def ask(name: str, **keys: Any) -> dict[str, Any]:
    return {"type": "text", "name": name, "label": text(name), **keys}


def form(*questions: dict[str, Any]) -> dict[str, Any]:
    return {**small_form(), "questions": [*small_form()["questions"], *questions]}


@with_java
def test_a_form_that_only_validate_refuses_is_blocked() -> None:
    document = form(ask("t", relevant="no-such-function(${first})"))
    assert check_form(load_form(document)) == []
    first, *_ = examine(load_form(document)).findings
    assert (first.code, first.severity) == (Code.VALIDATE_REFUSED, Severity.ERROR)
    assert "no-such-function" in str(first.params["message"])
    assert "/tmp" not in str(first.params["message"])


@with_java
def test_a_form_with_files_beside_it_passes() -> None:
    document = form(
        {"type": "select_one", "name": "place", "label": text("p"), "choices_file": "places.csv"},
        {"type": "calculate", "name": "pulled", "calculation": "pulldata('people', 'name', 'id', ${place})"},
    )
    assert odk_validate(compile_xform(load_form(document))).findings == ()
    assert odk_validate(compile_xform(every_kind())).findings == ()


def group(kind: str, *questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"type": kind, "name": "g", "label": text("g"), "questions": list(questions), **keys}


def earlier(name: str) -> dict[str, Any]:
    return {"type": "calculate", "name": "n", "calculation": f"indexed-repeat(${{{name}}}, ${{g}}, position(..) - 1)"}


CIRCLES = {
    "relevant": (ask("a", relevant="${b} = 1"), ask("b", relevant="${a} = 1")),
    "calculation": (ask("a", relevant="${b} = 1"), ask("b", calculation="${a} + 1")),
    "required": (ask("a", required="${b} = 1"), ask("b", required="${a} = 1")),
    "read_only": (ask("a", read_only="${b} = 1"), ask("b", relevant="${a} = 1")),
    "itself": (ask("a", required="${a} = 1"),),
    "a group by what is in it": (group("group", ask("a"), relevant="${a} = 1"),),
    "an earlier round of itself": (group("repeat", earlier("n")),),
    "a count by what is counted": (group("repeat", ask("a"), count="${a} + 1"),),
}
NO_CIRCLES = {
    "constraint": (ask("a", constraint=". != ${b}"), ask("b", constraint=". != ${a}")),
    "trigger": (ask("a", calculation="${b}", trigger=["first"]), ask("b", calculation="${a}")),
    "default": (ask("a", default="${b}"), ask("b", default="${a}")),
    "a group read only by what is in it": (group("group", ask("a"), read_only="${a} = 1"),),
    "an earlier round of another": (group("repeat", ask("m"), earlier("m")),),
    "a count that is an answer": (group("repeat", ask("a"), count="${a}"),),
}


def told_and_refused(*questions: dict[str, Any]) -> tuple[bool, list[str]]:
    definition = load_form(form(*questions))
    refused = [str(each.params["message"]) for each in odk_validate(compile_xform(definition)).findings]
    return Code.CYCLE in {finding.code for finding in check_form(definition)}, refused


@with_java
@pytest.mark.parametrize("name", CIRCLES)
def test_a_circle_is_what_the_engine_of_collect_calls_one(name: str) -> None:
    told, refused = told_and_refused(*CIRCLES[name])
    assert told
    assert refused


@with_java
def test_what_the_engine_does_not_call_a_circle_is_none() -> None:
    """All of them in one form, each with names of its own: starting Java takes a second."""
    written = [
        re.sub(r"\b([abgmn])\b", rf"\g<1>{number}", json.dumps(each))
        for number, questions in enumerate(NO_CIRCLES.values())
        for each in questions
    ]
    assert told_and_refused(*map(json.loads, written)) == (False, [])


def test_without_java_it_is_said_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    examination = examine(load_form(small_form()))
    said = [finding for finding in examination.findings if finding.code is Code.VALIDATE_NO_JAVA]
    assert [finding.severity for finding in said] == [Severity.NOTE]
    assert odk_validate(str(examination.xform)).skipped == "java_not_found"
