"""Handing over by file without any network, one bad item among good ones, and media that wait on a metered line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.axe import serious_in_every_look
from tests.e2e.demo_process import Demo
from tests.e2e.published import VISIT, publish
from tests.e2e.respondents import noise_picture
from tests.e2e.tablet_page import Tablet

pytestmark = pytest.mark.browser

NO_PICKER = "delete window.showSaveFilePicker"
"""A test cannot answer the browser's own question where to put a file; without it the file is downloaded."""

RECORD = "record"

METERED = """isMetered => {
    Object.defineProperty(navigator.connection, 'saveData', { get: () => isMetered, configurable: true })
    navigator.connection.dispatchEvent(new Event('change'))
}"""

FLIP_A_BIT = """async ({ instance, record }) => {
    const database = await new Promise((resolve, reject) => {
        const opening = indexedDB.open('feldbuch')
        opening.onsuccess = () => resolve(opening.result)
        opening.onerror = () => reject(opening.error)
    })
    const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
    })
    const tables = database.transaction(['items', 'bodies'], 'readwrite')
    const items = await done(tables.objectStore('items').getAll())
    const { body } = items.find((item) => item.instance === instance && item.part !== record)
    const piece = await done(tables.objectStore('bodies').get([body, 0]))
    piece.bytes[100] ^= 1
    await done(tables.objectStore('bodies').put(piece))
    database.close()
}"""

LAST_HEARD_OF_IN_1990 = """async () => {
    const database = await new Promise((resolve) => {
        const opening = indexedDB.open('feldbuch')
        opening.onsuccess = () => resolve(opening.result)
    })
    const change = database.transaction('meta', 'readwrite')
    change.objectStore('meta').put({ key: 'placeTime', value: '1990-01-01T00:00:00Z' })
    change.objectStore('meta').delete('mark')
    await new Promise((resolve) => (change.oncomplete = resolve))
    database.close()
}"""


def test_without_a_network_a_file_carries_it_and_one_bad_part_stays_alone(
    demo: Demo, new_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    publish(demo, VISIT, tmp_path)
    photo = noise_picture(tmp_path / "house.png", side=300, seed=3)
    tablet = new_tablet(NO_PICKER)
    tablet.enrol(demo.enrolment())
    sent: list[str] = []
    tablet.page.on("request", lambda request: sent.append(request.url) if "/sync/" in request.url else None)

    # No network at all. The first file goes to the node, the second, with what came since, to both places.
    tablet.context.set_offline(True)
    first = visit(tablet, "Ein Haus mit zwei Klingeln.", photo)
    assert taken_in(demo, "node", hand_over(tablet, tmp_path / "1.fbh")) == {"held": 2}
    second = visit(tablet, "Niemand war da.")
    file = hand_over(tablet, tmp_path / "2.fbh")
    assert taken_in(demo, "node", file) == {"held": 1, "known": 2}
    report = taken_in(demo, "central", file)
    # The node may have forwarded some of it meanwhile.
    assert sum(report.values()) == 3
    assert set(report) <= {"held", "known"}
    row = tablet.page.locator(f'[data-instance="{first}"]')
    expect(row).to_have_attribute("data-whereabouts", "tablet")
    expect(row.get_by_test_id("handed-over")).to_be_visible()

    # By all that central ever dated the clock is ahead by decades: that is named as the reason, and a file offered.
    tablet.page.evaluate(LAST_HEARD_OF_IN_1990)
    tablet.by_id("sync-now").click()
    expect(tablet.by_id("clock-stops")).to_contain_text(str(datetime.now(UTC).year))
    tablet.by_id("clock-handover").click()
    panel = tablet.by_id("waiting-panel")
    expect(panel.get_by_test_id("handover-write")).to_be_visible()
    panel.get_by_test_id("waiting-close").click()

    # The network is there again: the tablet learns that all has arrived, and sends none of it.
    sent.clear()
    tablet.context.set_offline(False)
    for instance in (first, second):
        tablet.wait_for(instance, "node", "central", "safe")
    assert any(url.endswith("/sync/offer") for url in sent)
    assert [url for url in sent if "/sync/batch" in url or "/sync/upload" in url] == []

    # A line that is paid by volume takes the answers; photos wait, and the tablet says so.
    tablet.page.evaluate(METERED, True)
    third = visit(tablet, "Der Hof.", photo)
    flip_a_bit(tablet, third)
    fourth = visit(tablet, "Die Straße.", photo)
    tablet.by_id("sync-now").click()
    expect(tablet.by_id("held-back")).to_have_attribute("data-reason", "metered")
    expect(tablet.by_id("held-back")).to_contain_text("warten auf WLAN")
    panel = open_panel(tablet)
    panel.get_by_test_id("others").locator("summary").click()
    for instance in (third, fourth):
        # It has left the tablet; once it is safe the list does not name it any more.
        expect(panel.locator(f'[data-part="{RECORD}/{instance}"][data-whereabouts="tablet"]')).to_have_count(0)
        expect(panel.locator(f'[data-part$="{instance}"][data-whereabouts="tablet"]')).to_have_count(1)
    panel.get_by_test_id("waiting-close").click()

    # On a better line they go by themselves. The one that was damaged here holds up no other, and is told by itself.
    tablet.page.evaluate(METERED, False)
    tablet.wait_for(third, "set_aside")
    tablet.wait_for(fourth, "node", "central", "safe")
    expect(tablet.by_id("held-back")).to_have_count(0)
    panel = open_panel(tablet)
    bad = panel.locator('[data-part][data-whereabouts="set_aside"]')
    expect(bad).to_have_count(1)
    expect(bad).to_contain_text("Das Tablet behält seine Kopie.")
    bad.get_by_test_id("part-set-aside").click()
    expect(bad).to_contain_text("Sie haben diesen Teil beiseitegelegt.")

    # Whole again, it is tried again. Central's receipts say in the end that what the file carried is safe.
    flip_a_bit(tablet, third)
    bad.get_by_test_id("part-retry").click()
    expect(bad).to_have_count(0)
    panel.get_by_test_id("waiting-close").click()
    tablet.wait_for(third, "node", "central", "safe")
    for instance in (first, second):
        tablet.wait_for(instance, "safe")
        expect(tablet.page.locator(f'[data-instance="{instance}"]').get_by_test_id("handed-over")).to_have_count(0)


def visit(tablet: Tablet, note: str, picture: Path | None = None) -> str:
    """Fill in and finish the form; the new instance."""
    tablet.by_id(f"form-start-{VISIT['id']}").click()
    tablet.answer("note", note)
    if picture is not None:
        tablet.answer("picture", picture)
    tablet.finish()
    return tablet.finished()[0]


def open_panel(tablet: Tablet) -> Locator:
    """The list of what is not safe yet."""
    tablet.by_id("waiting-open").click()
    return tablet.by_id("waiting-panel")


def hand_over(tablet: Tablet, file: Path) -> Path:
    """Let the tablet write its file, and download it."""
    panel = open_panel(tablet)
    with tablet.page.expect_download() as download:
        panel.get_by_test_id("handover-write").click()
    assert download.value.suggested_filename.endswith(".fbh")
    download.value.save_as(file)
    expect(panel.get_by_test_id("handover-written")).to_be_visible()
    assert serious_in_every_look(tablet.page) == []
    panel.get_by_test_id("waiting-close").click()
    return file


def taken_in(demo: Demo, place: str, file: Path) -> dict[str, int]:
    """What ``feldbuch intake`` says of a whole file: how many items are in which state."""
    [report] = json.loads(demo.run("intake", "--json", file, place=place))
    assert (report["problem"], report["refused"]) == (None, {})
    states: dict[str, int] = report["states"]
    return states


def flip_a_bit(tablet: Tablet, instance: str) -> None:
    """Damage the sealed photo of an instance where it lies; a second time mends it."""
    tablet.page.evaluate(FLIP_A_BIT, {"instance": instance, "record": RECORD})
