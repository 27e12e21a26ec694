"""The tablet app in Chromium, compared with the form engine alone on the same form, in the same run and page.

Both sides are measured from a touch to the paint: for the app that of the questions, for the engine that of one line of
text. Painted is a task after the next frame's callbacks. What goes first in a page is slower than what comes second,
so the app goes first in one half of the pages and the engine in the other, and first is compared with first. Throttling
does not reach workers; none is on these paths.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, expect, sync_playwright

from tests.bench.processes import family
from tests.bench.tablet_forms import form_file
from tests.conftest import feldbuch_by, started_processes
from tests.e2e.demo_process import Demo
from tests.e2e.published import GATE
from tests.e2e.tablet_page import Tablet
from tests.tools.install_system_needs import find_chromium

RATES = (1, 4, 6)
"""How many times slower the processor is made."""
PAGES = 10
AGAIN = 4
ANSWERS = 8
"""Pages loaded anew for each rate, and how often the form is opened again and a question answered in each."""
SLOW_MS = 180_000
SCRIPT = Path(__file__).with_name("tablet_page.js").read_text("utf-8")
ASSETS = Path(__file__).resolve().parents[2] / "server/static/dist/assets"


@dataclass(frozen=True)
class Pair:
    """Medians in milliseconds up to the paint, of the app and of the engine; ``bare_`` without the paint."""

    app: float
    engine: float
    bare_app: float
    bare_engine: float


@dataclass(frozen=True)
class Measured:
    """By the rate, and ``first``, ``second`` or ``answer``. The memory is the renderer's, in MB."""

    pairs: Mapping[tuple[int, str], Pair]
    memory_app: float
    memory_engine: float


def measure_tablet(form: str, rates: tuple[int, ...] = RATES) -> Measured:
    """Publish a form at a demo, enrol a tablet, and measure there."""
    with _tablet_with(form) as (tablet, central):
        pairs = {(rate, what): pair for rate in rates for what, pair in _at_rate(tablet, central, form, rate).items()}
        return Measured(pairs, _memory(tablet, central, form, "app"), _memory(tablet, central, form, "engine"))


@contextlib.contextmanager
def _tablet_with(form: str) -> Iterator[tuple[Tablet, str]]:
    with tempfile.TemporaryDirectory() as folder, started_processes() as start, sync_playwright() as driver:
        work = Path(folder)
        demo = Demo(feldbuch_by(start), work / "demo")
        file = form_file(form, work)
        demo.run("form", "publish", "--override", GATE, "--reason", "to measure", file, place="central")
        chromium = find_chromium()
        assert chromium is not None, "no Chromium found"
        tablet = Tablet(driver, chromium, work / "profile")
        tablet.page.set_default_timeout(SLOW_MS)
        tablet.enrol(demo.summary["enrolment"])
        expect(tablet.by_id(f"form-start-{form}")).to_be_visible(timeout=SLOW_MS)
        yield tablet, demo.central
        tablet.close()


def _at_rate(tablet: Tablet, central: str, form: str, rate: int) -> dict[str, Pair]:
    found: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    for page in range(PAGES):
        throttle = _fresh(tablet, central, form)
        throttle.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        sides = ["app", "engine"] if page % 2 else ["engine", "app"]
        first = _call(tablet, f"{sides[0]}First", form)
        found["first", sides[0]].append(first)
        _call(tablet, f"{sides[1]}First", form)
        _call(tablet, "leave", form)
        for _ in range(AGAIN):
            for side in sides:
                found["second", side].append(_call(tablet, f"{side}Again", form))
            _call(tablet, "leave", form)
        _call(tablet, "appAgain", form)
        for _ in range(ANSWERS):
            for side in sides:
                found["answer", side].append(_call(tablet, f"{side}Answers", form))
        throttle.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        _call(tablet, "leave", form)
    return {what: _pair(found[what, "app"], found[what, "engine"]) for what in ("first", "second", "answer")}


def _fresh(tablet: Tablet, central: str, form: str) -> CDPSession:
    """Load the app anew, arrive at home, and wait until nothing is under way there."""
    tablet.page.goto("about:blank")
    tablet.visit(central)
    tablet.unlock()
    tablet.page.evaluate(SCRIPT)
    engine = max(ASSETS.glob("*.js"), key=lambda file: file.stat().st_size)
    _call(tablet, "prepare", form, engine=f"/tablet/assets/{engine.name}")
    return tablet.context.new_cdp_session(tablet.page)


def _call(tablet: Tablet, name: str, form: str, **more: str) -> Any:
    return tablet.page.evaluate("([name, told]) => bench[name](told)", [name, {"form": form, **more}])


def _pair(app: list[dict[str, float]], engine: list[dict[str, float]]) -> Pair:
    def median(measured: list[dict[str, float]], what: str) -> float:
        return statistics.median(each[what] for each in measured)

    return Pair(median(app, "painted"), median(engine, "painted"), median(app, "bare"), median(engine, "bare"))


def _memory(tablet: Tablet, central: str, form: str, side: str) -> float:
    """Private memory of the renderer with one open interview, after a collection, in a page of its own."""
    tablet.close()
    tablet.open()
    session = _fresh(tablet, central, form)
    _call(tablet, f"{side}First", form)
    session.send("HeapProfiler.collectGarbage")
    root = next(each for each in family(os.getpid()) if _says(each, f"--user-data-dir={tablet.profile}"))
    return max(_private_mb(each) for each in family(root) if _says(each, "--type=renderer"))


def _says(process: int, argument: str) -> bool:
    with contextlib.suppress(OSError):
        # A renderer writes its arguments anew, with blanks between them.
        return argument in Path(f"/proc/{process}/cmdline").read_text(errors="replace").replace("\0", " ").split(" ")
    return False


def _private_mb(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def describe(measured: Measured) -> str:
    """Every figure, also those without the paint, as JSON."""
    figures = {
        f"{what}-{rate}x": {
            **{name: round(value, 1) for name, value in vars(pair).items()},
            "ratio": round(pair.app / pair.engine, 2),
            "bare_ratio": round(pair.bare_app / pair.bare_engine, 2),
        }
        for (rate, what), pair in measured.pairs.items()
    }
    memory = {"memory_app": round(measured.memory_app, 1), "memory_engine": round(measured.memory_engine, 1)}
    return json.dumps({**figures, **memory}, indent=1)
