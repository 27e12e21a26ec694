"""Publishing: the gate, the override and its record, versions that never change and are found again."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forms.check import GATE, Validation
from forms.errors import Code, Finding, FormErrors, Severity
from forms.schema import load_form
from forms.version import canonical_json, version_hash
from server.errors.error import CodedError
from server.services.monitor.forms import read_forms
from server.services.study.publish import Override, Published, Publishing
from server.services.study.versions import Versions
from server.storage.carriers import Content, FeedEntryRow, FormOverride, FormVersion
from tests.field import Study

FORM: dict[str, Any] = {
    "feldbuch_form": 1,
    "id": "visit",
    "title": {"de": "Besuch", "en": "Visit"},
    "languages": [{"code": "de"}, {"code": "en"}],
    "default_language": "de",
    "choices": {
        "yes_no": [
            {"name": "yes", "label": {"de": "Ja", "en": "Yes"}},
            {"name": "no", "label": {"de": "Nein", "en": "No"}},
        ]
    },
    "questions": [
        {
            "type": "select_one",
            "name": "consent",
            "choices": "yes_no",
            "consent": True,
            "label": {"de": "Einverstanden?", "en": "Do you agree?"},
        },
        {
            "type": "text",
            "name": "who",
            "personal": True,
            "relevant": "${consent} = 'yes'",
            "label": {"de": "Wer?", "en": "Who?"},
        },
    ],
}
REASON = "Die Übersetzung kommt nächste Woche."


def changed(edit: Any) -> dict[str, Any]:
    document = copy.deepcopy(FORM)
    edit(document)
    return document


def without_english(document: dict[str, Any]) -> None:
    del document["questions"][1]["label"]["en"]


def without_consent(document: dict[str, Any]) -> None:
    del document["questions"][0]["consent"]


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = Study.central(tmp_path / "central")
    yield made
    made.close()


def publish(study: Study, document: dict[str, Any], override: Override | None = None) -> Published:
    return Publishing(study.place, study.feed, validator=None).publish(load_form(document), "mara", override)


def blocked_by(study: Study, document: dict[str, Any], override: Override | None = None) -> list[tuple[str, str]]:
    with pytest.raises(FormErrors) as caught:
        publish(study, document, override)
    return [(each.code.value.removeprefix("form."), each.pointer) for each in caught.value.errors]


def test_a_form_with_nothing_missing_needs_no_override(study: Study) -> None:
    published = publish(study, FORM)
    assert (published.form, published.version, published.new) == ("visit", version_hash(FORM), True)
    assert published.overridden == []
    assert study.rows(FormOverride) == []
    [line] = Versions(study.place).lines()
    assert (line.form, line.version, line.by, line.override) == ("visit", published.version, "mara", None)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (changed(without_english), [("missing_translation", "/questions/1/label")]),
        (changed(without_consent), [("consent_missing", "/questions/1")]),
        (
            changed(lambda form: form["questions"][0].update(media={"audio": {"de": "a.mp3"}})),
            [("missing_media", "/questions/0/media/audio")],
        ),
    ],
)
def test_the_gate_holds_back_and_nothing_is_stored(
    study: Study, document: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    entries = len(study.rows(FeedEntryRow))
    assert blocked_by(study, document) == expected
    assert study.rows(FormVersion) == study.rows(Content) == []
    assert len(study.rows(FeedEntryRow)) == entries


def test_a_language_of_the_study_that_the_form_lacks_is_held_back(study: Study) -> None:
    def english_alone(document: dict[str, Any]) -> None:
        document["languages"] = [{"code": "en"}]
        document["default_language"] = "en"
        for holder in (document["title"], *(each["label"] for each in _labelled(document))):
            holder.pop("de", None)

    assert blocked_by(study, changed(english_alone)) == [("study_language", "/languages")]


def test_an_override_is_recorded_with_who_when_what_and_why(study: Study) -> None:
    document = changed(without_english)
    published = publish(study, document, Override.of(["missing_translation"], f"  {REASON} "))
    assert published.new
    assert [each.code for each in published.overridden] == [Code.MISSING_TRANSLATION]
    [row] = study.rows(FormOverride)
    [version] = study.rows(FormVersion)
    assert (row.version, row.reason, row.decided_by) == (version.version, REASON, "mara")
    assert row.decided_at == version.published_at
    assert row.counts == {"form.missing_translation": 1}
    finding = {"code": "form.missing_translation", "pointer": "/questions/1/label", "params": {"language": "en"}}
    assert row.findings == [finding]
    [line] = Versions(study.place).lines("visit")
    assert line.override is not None
    assert (line.override.by, line.override.reason, line.override.counts) == ("mara", REASON, row.counts)
    [shown] = read_forms(study.place)
    assert shown.without == ("mara", REASON, 1)


def test_an_override_lets_pass_only_what_it_names(study: Study) -> None:
    def both(document: dict[str, Any]) -> None:
        without_english(document)
        without_consent(document)

    document = changed(both)
    one = Override.of(["form.consent_missing"], REASON)
    assert blocked_by(study, document, one) == [("missing_translation", "/questions/1/label")]
    publish(study, document, Override.of(["consent_missing", "missing_translation"], REASON))
    [row] = study.rows(FormOverride)
    assert row.counts == {"form.consent_missing": 1, "form.missing_translation": 1}


def test_an_override_that_was_not_needed_is_not_recorded(study: Study) -> None:
    assert publish(study, FORM, Override.of(["missing_translation"], REASON)).overridden == []
    assert study.rows(FormOverride) == []


def test_no_override_lets_an_error_pass(study: Study) -> None:
    document = changed(lambda form: form["questions"][1].update(relevant="${nobody} = 1"))
    everything = Override(frozenset(code.value for code in Code), REASON)
    assert [code for code, _ in blocked_by(study, document, everything)] == ["unknown_reference"]
    refused = changed(lambda form: form["questions"].append({"type": "text", "name": "bare"}))
    assert "label_missing" in [code for code, _ in blocked_by(study, refused, everything)]


def test_what_the_validator_refuses_is_not_published(study: Study) -> None:
    refusal = Finding(Code.VALIDATE_REFUSED, "", {"message": "no"})
    publishing = Publishing(study.place, study.feed, validator=lambda _: Validation((refusal,)))
    with pytest.raises(FormErrors) as caught:
        publishing.publish(load_form(FORM), "mara", Override(frozenset({refusal.code.value}), REASON))
    assert caught.value.errors == (refusal,)
    assert study.rows(FormVersion) == []


@pytest.mark.parametrize(
    ("codes", "reason", "code"),
    [
        (["unknown_reference"], REASON, "publish.override.impossible"),
        (["missing_translation", "nonsense"], REASON, "publish.override.impossible"),
        (["missing_translation"], "  ", "publish.reason.missing"),
        (["missing_translation"], "x" * 1001, "publish.reason.long"),
    ],
)
def test_an_override_names_what_can_be_overridden_and_why(codes: list[str], reason: str, code: str) -> None:
    with pytest.raises(CodedError) as caught:
        Override.of(codes, reason)
    assert caught.value.code == code


def test_the_gate_is_what_has_its_severity(study: Study) -> None:
    """What the checks hold back at the gate is what an override can name."""
    seen = set()
    for edit in (
        without_english,
        without_consent,
        lambda form: form["questions"][0].update(media={"image": {"de": "a"}}),
    ):
        with pytest.raises(FormErrors) as caught:
            publish(study, changed(edit))
        assert {each.severity for each in caught.value.errors} == {Severity.GATE}
        seen |= {each.code for each in caught.value.errors}
    assert seen | {Code.STUDY_LANGUAGE} == GATE


def test_a_version_is_published_once_and_named_by_its_content(study: Study) -> None:
    first = publish(study, FORM)
    again = publish(study, json.loads(canonical_json(FORM)))
    assert (again.version, again.new) == (first.version, False)
    assert len(study.rows(FormVersion)) == 1
    other = publish(study, changed(lambda form: form["questions"][1]["label"].update(de="Und wer?")))
    assert other.version != first.version
    stored = [row for row in study.rows(Content) if row.hash == first.version]
    assert [row.data for row in stored] == [canonical_json(FORM)]
    assert Versions(study.place).definition(first.version) == load_form(FORM)


def test_a_version_that_is_published_already_is_not_checked_again(study: Study) -> None:
    """A form may be published over a gap, and publishing it once more changes and asks nothing."""
    document = changed(without_english)
    publish(study, document, Override.of(["missing_translation"], REASON))
    assert publish(study, document).new is False


def test_versions_are_found_by_what_a_person_writes(study: Study) -> None:
    first = publish(study, FORM).version
    second = publish(study, changed(lambda form: form["questions"].pop())).version
    publish(study, changed(lambda form: form.update(id="other")))
    versions = Versions(study.place)
    assert versions.find("visit").version == second
    assert versions.find(f"visit@{first[:6]}").version == first
    assert versions.find(first[:8]).version == first
    assert versions.newest("nobody") is None
    for reference in ("nobody", first[:3], f"other@{first[:6]}", "visit@zzzz", "visit@"):
        with pytest.raises(CodedError) as caught:
            versions.find(reference)
        assert caught.value.code == "version.unknown"


def _labelled(value: Any) -> Iterator[dict[str, Any]]:
    """Every object with a label."""
    if isinstance(value, dict):
        if "label" in value:
            yield value
        for each in value.values():
            yield from _labelled(each)
    elif isinstance(value, list):
        for each in value:
            yield from _labelled(each)
