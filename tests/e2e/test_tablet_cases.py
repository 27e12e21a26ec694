"""Cases: imported at central, on home for whom they are assigned to, in the sealed record, and nobody else's."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import serious_findings
from tests.e2e.demo_process import Demo
from tests.e2e.published import VISIT, publish
from tests.e2e.tablet_page import WAIT_MS, Tablet

pytestmark = pytest.mark.browser
FORM = {
    **VISIT,
    "id": "case_visit",
    "title": {"de": "Folgebesuch"},
    "entities": [{"dataset": "households", "entity_id": "${household}"}],
    "questions": [
        {
            "type": "select_one",
            "name": "household",
            "choices_file": "households.csv",
            "label": {"de": "Welcher Haushalt?"},
        },
        {"type": "text", "name": "note", "label": {"de": "Was haben Sie gesehen?"}},
    ],
}
HOUSEHOLDS = "name,label,__version\nhh-0041,Haus 41,1\nhh-0042,Haus 42,1\n"
CASES = """case;label;site;interviewer;forms;due;note
hh-0042;Haus 42;duisburg;int-51;case_visit;01.03.2020;Abends ab 18 Uhr
hh-0043;Haus 43;duisburg;int-52;case_visit;;Kanarienvogel
hh-0044;Haus 44;duisburg;int-51;case_visit;2099-12-01;
"""


def cases_on(tablet: Tablet) -> list[str]:
    """The ids of the cases on home."""
    found: list[str] = tablet.page.locator("[data-urgency]").evaluate_all("e => e.map(c => c.dataset.testid.slice(5))")
    return found


def test_a_case_is_begun_from_home_and_arrives_with_its_id(
    demo: Demo, new_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "households.csv").write_text(HOUSEHOLDS, "utf-8")
    publish(demo, FORM, tmp_path, "--files", tmp_path / "files")
    file = tmp_path / "cases.csv"
    file.write_text(CASES, "utf-8")
    assert "3 new" in demo.run("case", "import", file, place="central")
    tablet = new_tablet()
    tablet.enrol(demo.enrolment("int-51"))
    expect(tablet.by_id("case-hh-0042")).to_be_visible(timeout=WAIT_MS)
    assert cases_on(tablet) == ["hh-0042", "hh-0044"]
    assert "Überfällig" in tablet.by_id("case-hh-0042").get_by_test_id("case-due").inner_text()
    assert serious_findings(tablet.page) == []

    # The question by which the form names its entity is answered already; the draft says what it is of.
    tablet.by_id("case-hh-0042").get_by_test_id("case-begin-case_visit").click()
    expect(tablet.question("household")).to_have_attribute("data-answered", "true", timeout=WAIT_MS)
    tablet.answer("note", "Alle da.")
    expect(tablet.by_id("kept")).to_have_attribute("data-keeping", "kept")
    tablet.page.reload()
    tablet.unlock()
    expect(tablet.by_id("draft-list").get_by_test_id("subject")).to_have_text("Fall Haus 42")
    tablet.by_id("case-hh-0042").get_by_test_id("case-begin-case_visit").click()
    expect(tablet.question("note").locator("input, textarea").first).to_have_value("Alle da.", timeout=WAIT_MS)
    tablet.finish()
    expect(tablet.by_id("case-hh-0042").get_by_test_id("case-done")).to_be_visible()
    expect(tablet.by_id("finished-list").get_by_test_id("subject")).to_have_text("Fall Haus 42")
    (instance,) = tablet.finished()
    tablet.wait_for(instance, "central", "safe")
    demo.run("export", "case_visit", "--out", tmp_path / "data", place="central")
    with (tmp_path / "data" / "case_visit.csv").open(encoding="utf-8-sig", newline="") as table:
        (row,) = csv.DictReader(table)
    assert (row["__case"], row["household"]) == ("hh-0042", "hh-0042")

    # What is taken away is gone with the next contact, and another interviewer never sees it.
    demo.run("case", "assign", "hh-0044", "--interviewer", "int-52", place="central")
    tablet.sync_until(lambda: tablet.by_id("case-hh-0044").count() == 0)
    link = demo.enrolment("int-53")
    second = new_tablet()
    second.enrol(link)
    assert cases_on(second) == []
    assert second.by_id("case-list").count() == 0
    sealed = [path.read_bytes() for path in second.profile.rglob("*") if path.is_file()]
    assert not any(b"Kanarienvogel" in each for each in sealed)
