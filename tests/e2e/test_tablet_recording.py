"""Recordings: kept through a kill, gone on with, heard at central; refused or ended where the disk is full."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import Running
from tests.e2e.axe import serious_in_every_look
from tests.e2e.demo_process import Demo
from tests.e2e.desk_page import Desk
from tests.e2e.narrative_form import narrative_form
from tests.e2e.tablet_page import Tablet

pytestmark = pytest.mark.browser
FORM = "narrative"
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
MOST_LOST = 2.0
"""Seconds that a kill may cost."""
DECODED = """async base64 => {
    const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
    const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes.buffer)
    const peak = sound.getChannelData(0).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    return [sound.duration, peak]
}"""


def test_recordings(
    demo: Demo, feldbuch: Callable[..., Running], new_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    publish(demo, feldbuch, tmp_path)
    tablet = new_tablet(flags=MICROPHONE)
    tablet.enrol(demo.enrolment())
    a_full_disk_ends_with_what_there_is(tablet, demo.central)
    kept = a_recording_outlives_a_kill(tablet, demo.central)
    is_heard_at_central(tablet, demo, kept, tmp_path / "narrative.zip")


def a_full_disk_ends_with_what_there_is(tablet: Tablet, central: str) -> None:
    """What will not fit is not begun; a disk that fills meanwhile ends the recording with what there is."""
    tablet.by_id(f"form-start-{FORM}").click()
    tablet.answer("consent", "yes")
    room_for(tablet, central, megabytes=16 + 20)
    tablet.by_id("interview-next").click()

    # Two hours do not fit; half an hour does.
    expect(tablet.by_id("recording-no-room")).to_be_visible()
    expect(tablet.by_id("recording-start")).to_have_count(0)
    assert serious_in_every_look(tablet.page) == []
    tablet.by_id("recording-up-to-1800").click()
    wait_for_time(tablet, 2)

    # Something else fills the disk.
    room_for(tablet, central, megabytes=10)
    tablet.by_id("recording-ended-close").click()
    expect(tablet.by_id("recording-full")).to_be_visible()
    assert length_of(tablet) > 1
    assert serious_in_every_look(tablet.page) == []
    plays(tablet)
    tablet.by_id("interview-next").click()
    tablet.by_id("interview-next").click()
    tablet.finish()
    limit_room(tablet, central, None)


def a_recording_outlives_a_kill(tablet: Tablet, central: str) -> float:
    """Recorded, paused, marked, noted, killed, found again, gone on with and finished; seconds that the kill left."""
    tablet.by_id(f"form-start-{FORM}").click()
    tablet.answer("consent", "yes")

    # Consent is spoken: a short recording of its own.
    spoken = tablet.question("spoken_consent")
    spoken.get_by_test_id("recording-start").click()
    wait_for_time(tablet, 1)
    spoken.get_by_test_id("recording-stop").click()
    expect(spoken.get_by_test_id("recorded-part")).to_be_visible()
    tablet.by_id("interview-next").click()

    # The narrative: a note, a pause, a mark of the form on the next page, while it runs.
    tablet.by_id("recording-start").click()
    wait_for_time(tablet, 1)
    tablet.by_id("recording-note").fill("Haus in Plovdiv, später fragen")
    tablet.by_id("recording-note-keep").click()
    assert serious_in_every_look(tablet.page) == []
    tablet.by_id("recording-bar-pause").click()
    expect(tablet.by_id("recorder")).to_have_attribute("data-state", "paused")
    tablet.by_id("recording-resume").click()
    tablet.by_id("interview-next").click()
    tablet.question("mark_main").get_by_test_id("acknowledge").click()
    expect(tablet.by_id("kept")).to_have_attribute("data-keeping", "kept")

    # It goes on behind the lock, until the battery is pulled out.
    tablet.by_id("interview-leave").click()
    tablet.by_id("lock").click()
    expect(tablet.by_id("unlock-pin")).to_be_visible()
    assert serious_in_every_look(tablet.page) == []
    began = wait_for_time(tablet, 4)
    wait_for_time(tablet, 6)
    least = 4 + time.monotonic() - began - MOST_LOST
    tablet.kill()
    tablet.open()
    tablet.visit(central)
    tablet.unlock()
    tablet.by_id("recording-found-open").click()
    tablet.by_id("interview-back").click()
    expect(tablet.by_id("recording-killed")).to_be_visible()
    kept = length_of(tablet)
    assert kept >= least
    plays(tablet)

    # It is gone on with as a further part, and finishing ends it.
    tablet.by_id("recording-start").click()
    wait_for_time(tablet, int(kept) + 2)
    tablet.by_id("interview-next").click()
    tablet.by_id("interview-next").click()
    tablet.finish()
    return kept


def is_heard_at_central(tablet: Tablet, demo: Demo, kept: float, download: Path) -> None:
    """The download holds both parts, the spoken consent and what was noted; the sound is decoded and is no silence."""
    instance, earlier = tablet.finished()
    for each in (earlier, instance):
        tablet.wait_for(each, "central", "safe")
    page = tablet.context.new_page()
    desk = Desk(page, demo.summary)
    desk.sign_in()
    desk.unlock_vault(demo.summary["vault_passphrase"])
    archive = zipfile.ZipFile(desk.download(FORM, download))
    files = {name.rsplit("/", 1)[-1]: archive.read(name) for name in archive.namelist()}
    [second] = [name for name in files if name.endswith("-2.webm")]
    first = second.replace("-2.webm", ".webm")
    [consent] = [name for name in files if name.startswith("spoken_consent-") and name.endswith(".webm")]
    assert re.fullmatch(r"narration-[0-9a-f]{8}\.webm", first)
    for name, least, most in ((first, kept - 0.5, kept + 0.5), (second, 1, 60), (consent, 1, 60)):
        seconds, peak = page.evaluate(DECODED, base64.b64encode(files[name]).decode())
        assert least <= seconds <= most, name
        assert peak > 0.01, name
    marks = files[first.replace(".webm", "-marks.csv")].decode("utf-8")
    told = list(csv.DictReader(io.StringIO(marks, newline="")))
    assert [row["event"] for row in told if row["file"] == first] == [
        "start", "note", "pause", "resume", "phase", "end", "length",
    ]  # fmt: skip
    note, mark = (next(row for row in told if row["event"] == event) for event in ("note", "phase"))
    assert (note["text"], mark["name"]) == ("Haus in Plovdiv, später fragen", "mark_main")
    assert float(note["seconds"]) < float(mark["seconds"]) < kept
    assert [row["text"] for row in told if row["event"] == "end"] == ["killed", "stopped"]


def publish(demo: Demo, feldbuch: Callable[..., Running], folder: Path) -> None:
    """Publish the narrative interview at central."""
    file = folder / "narrative.json"
    file.write_text(json.dumps(narrative_form()), "utf-8")
    reason = ["--override", "study_language", "--reason", "a test"]
    done = feldbuch("form", "publish", file, *reason, "--place", demo.folder / "central")
    assert done.process.wait(60) == 0, done.output


def wait_for_time(tablet: Tablet, seconds: int) -> float:
    """Wait until the recorder or the strip says that so much is recorded; the moment when it did."""
    bar = tablet.by_id("recording-time").or_(tablet.by_id("recording-bar-time")).first
    at_least = "|".join(str(each) for each in range(seconds, 60))
    expect(bar).to_have_text(re.compile(rf"^0:0?({at_least})$"), timeout=20_000)
    return time.monotonic()


def plays(tablet: Tablet) -> None:
    """The sound runs, from its beginning and from a place further on."""
    player = tablet.by_id("recording-player")
    player.evaluate(
        """audio => new Promise((heard, failed) => {
            audio.muted = true
            audio.onerror = () => failed(audio.error)
            audio.ontimeupdate = () => audio.currentTime > 0.3 && heard()
            audio.play().catch(failed)
        })"""
    )
    player.evaluate(
        """audio => new Promise((heard, failed) => {
            audio.onerror = () => failed(audio.error)
            audio.onended = heard
            audio.currentTime = audio.duration - 0.5
        })"""
    )


def length_of(tablet: Tablet) -> float:
    """Seconds of the part on the screen."""
    return float(tablet.by_id("recorded-part").get_attribute("data-seconds") or 0)


def room_for(tablet: Tablet, central: str, megabytes: int) -> None:
    """Leave so much room to the app."""
    estimate: dict[str, Any] = tablet.page.evaluate("navigator.storage.estimate()")
    limit_room(tablet, central, int(estimate["usage"]) + megabytes * 1024 * 1024)


def limit_room(tablet: Tablet, central: str, most: int | None) -> None:
    """Limit the bytes that the app may keep, or end that."""
    limit = {} if most is None else {"quotaSize": most}
    browser = tablet.context.new_cdp_session(tablet.page)
    browser.send("Storage.overrideQuotaForOrigin", {"origin": central, **limit})
