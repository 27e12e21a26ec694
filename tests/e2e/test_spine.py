"""The whole way of one interview: enrolled, offline, killed, sealed, carried, received, safe, opened, compared."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sqlite3
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.demo_process import Demo
from tests.e2e.desk_page import Desk
from tests.e2e.respondents import family_in_duisburg, noise_picture
from tests.e2e.tablet_page import WAIT_MS, Answers, Tablet

pytestmark = pytest.mark.browser
FORM = "household_survey"
NO_BYTES_LEFT = """() => new Promise((resolve) => {
  const opening = indexedDB.open("feldbuch")
  opening.onsuccess = () => {
    const counting = opening.result.transaction("bodies").objectStore("bodies").count()
    counting.onsuccess = () => { opening.result.close(); resolve(counting.result === 0) }
  }
})"""
"""What is safe needs no room on the tablet any more."""


def test_an_interview_goes_the_whole_way(own_demo: Demo, new_tablet: Callable[..., Tablet], tmp_path: Path) -> None:
    photo = noise_picture(tmp_path / "entrance.png", side=1100, seed=7)
    interview = family_in_duisburg(photo)
    tablet = new_tablet()
    tablet.enrol(own_demo.summary["enrolment"])

    # The network goes, the app stays.
    own_demo.stop()
    tablet.page.reload()
    tablet.unlock()
    tablet.by_id(f"form-start-{FORM}").click()
    answered = meets_constraints_and_skips(tablet)
    answered |= tablet.fill_in(interview, until="rent")

    # The battery is pulled out in mid-draft, once the app has said that it keeps what was given.
    expect(tablet.by_id("kept")).to_have_attribute("data-keeping", "kept")
    tablet.kill()
    tablet.open()
    tablet.visit(own_demo.central)
    tablet.unlock()
    tablet.by_id("draft-continue").click()
    expect(tablet.question("rent")).to_be_visible(timeout=WAIT_MS)
    answered |= tablet.fill_in(interview)
    expected = set(interview.answers) | {name for entries in interview.rosters.values() for e in entries for name in e}
    assert answered == expected
    tablet.finish()
    [instance] = tablet.finished()
    tablet.wait_for(instance, "tablet", seconds=5)

    # The node is there again, and dies by kill -9 while it takes the photo in.
    slow_down(tablet, bytes_a_second=1_000_000)
    own_demo.start()
    tablet.by_id("sync-now").click()
    wait_for_half_an_upload(own_demo.folder / "node" / "spool", photo.stat().st_size)
    own_demo.kill("node")
    tablet.page.wait_for_timeout(500)
    own_demo.wait_until_answers(own_demo.node)
    slow_down(tablet, bytes_a_second=-1)
    tablet.wait_for(instance, "node", "central", "safe")
    tablet.wait_for(instance, "central", "safe")
    tablet.wait_for(instance, "safe", seconds=120)
    tablet.page.wait_for_function(NO_BYTES_LEFT, timeout=WAIT_MS)
    serves_no_code(own_demo.node)

    # The data manager sees it, opens the vault, downloads, and reads what was said.
    device = device_of(own_demo)
    assert device in compared_with(own_demo.folder / "node"), "the browser let the tablet compare with the node"
    page = tablet.context.new_page()
    desk = Desk(page, own_demo.summary)
    desk.sign_in()
    assert {what: desk.count(device, what) for what in ("collected", "tablet", "central", "safe")} == {
        "collected": 1, "tablet": 0, "central": 1, "safe": 1,
    }  # fmt: skip
    desk.unlock_vault(own_demo.summary["vault_passphrase"])
    archive = zipfile.ZipFile(desk.download(FORM, tmp_path / "survey.zip"))
    compare_with_the_answers(archive, instance, interview.answers, interview.rosters["members"], photo)


def compared_with(place: Path) -> set[str]:
    """The carriers that have told a place what they found when they compared."""
    with contextlib.closing(sqlite3.connect(place / "feldbuch.db")) as database:
        return {carrier for (carrier,) in database.execute("SELECT carrier FROM reconciled_carrier")}


def meets_constraints_and_skips(tablet: Tablet) -> set[str]:
    """Nothing is asked after a no; answers that cannot stand are told in the form's words."""
    tablet.question("consent").locator('[data-value="no"]').click()
    expect(tablet.by_id("refusal-thanks")).to_be_visible()
    tablet.by_id("refusal-back").click()
    answered = tablet.answer_page({"consent": "yes", "consent_special": "yes"})
    tablet.by_id("interview-next").click()
    expect(tablet.question("refusal")).to_have_count(0)
    answered |= tablet.answer_page({"place_kind": "arrival", "place": "duisburg", "interview_language": "bg"})
    tablet.by_id("interview-next").click()
    tablet.answer("age", "7")
    problem = tablet.question("age").get_by_test_id("problem")
    expect(problem).to_be_visible()
    age = tablet.question("age").locator("input").first
    age.fill("")
    age.blur()
    expect(problem).to_have_count(0)
    return answered


def slow_down(tablet: Tablet, bytes_a_second: int) -> None:
    """Give the tablet a thin line upwards; -1 takes it away again."""
    session = tablet.context.new_cdp_session(tablet.page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second},
    )


def wait_for_half_an_upload(spool: Path, size: int) -> None:
    """Wait until part of a body lies in the spool."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        sizes = [each.stat().st_size for each in spool.rglob("*") if each.is_file()]
        if any(0 < each < size for each in sizes):
            return
        time.sleep(0.02)
    raise AssertionError("no upload began")


def device_of(demo: Demo) -> str:
    """The one device that central knows."""
    [device] = demo.status("central")["devices"]
    name: str = device["id"]
    return name


def compare_with_the_answers(
    archive: zipfile.ZipFile, instance: str, answers: Answers, members: tuple[Answers, ...], photo: Path
) -> None:
    """Every answer and the photo's bytes are what was given."""
    [row] = rows(archive, f"{FORM}.csv")
    assert row["instance_id"] == instance
    for name, answer in answers.items():
        if isinstance(answer, str):
            assert column(row, name) == answer, name
        elif not isinstance(answer, Path):
            assert sorted(column(row, name).split(" ")) == sorted(answer), name
    media = [name for name in archive.namelist() if name.endswith(column(row, "photo"))]
    assert [archive.read(name) == photo.read_bytes() for name in media] == [True]
    exported = rows(archive, f"{FORM}-members.csv")
    assert len(exported) == len(members)
    for found, given in zip(exported, members, strict=True):
        assert found["instance_id"] == instance
        for name, answer in given.items():
            assert column(found, name) == answer, name
    report = json.loads(archive.read("report.json"))
    assert report


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    """The rows of a table of the download."""
    [member] = [each for each in archive.namelist() if each.rsplit("/", 1)[-1] == name]
    return list(csv.DictReader(io.StringIO(archive.read(member).decode("utf-8"), newline="")))


def column(row: Mapping[str, str], question: str) -> str:
    """The cell of a question: the column ends with its name, behind the groups it stands in."""
    [name] = [each for each in row if each == question or each.endswith(f"-{question}")]
    return row[name]


def serves_no_code(node: str) -> None:
    """A node has no app, no desk, and no script on its own page."""
    for path in ("/tablet/", "/tablet/sw.js", "/static/dist/index.html", "/sign-in", "/vault", "/export"):
        assert httpx.get(node + path).status_code in (404, 405), path
    assert "<script" not in httpx.get(node + "/").text
