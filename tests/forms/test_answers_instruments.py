"""The study's own instruments, answered in full: nothing is found, and what is not asked is told."""

from __future__ import annotations

from importlib import resources

import pytest
from lxml import etree

from forms.answers import AnswerReader
from forms.errors import Code, Severity
from forms.schema import read_form
from tests.forms.whole import valid_instance

FOLDER = resources.files("forms").joinpath("instruments")
NAMES = sorted(each.name for each in FOLDER.iterdir() if each.name.endswith(".json"))


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_answered_in_full_has_no_finding(name: str) -> None:
    form = read_form(FOLDER.joinpath(name).read_bytes())
    reader = AnswerReader(form)
    answers = reader.read(valid_instance(form))
    assert answers.findings == ()
    assert answers.leftovers == ()
    assert {each.severity for each in reader.remarks} <= {Severity.NOTE}
    given = [value for table in answers.tables for row in table.rows for value in row.values() if value is not None]
    assert len(given) > 20


def test_without_consent_all_the_rest_is_told() -> None:
    form = read_form(FOLDER.joinpath("household_survey.json").read_bytes())
    reader = AnswerReader(form)
    root = etree.fromstring(valid_instance(form))
    consent = root.find(".//consent")
    assert consent is not None
    consent.text = "no"
    findings = reader.read(etree.tostring(root)).findings
    assert {each.code for each in findings} == {Code.ANSWER_NOT_ASKED}
    assert {each.params["relevant"] for each in findings} >= {"${consent} = 'yes'"}
    assert len(findings) > 80
