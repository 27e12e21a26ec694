"""A browser that is killed at any moment loses nothing that the tablet has said to be kept.

The page itself fills in and tells the test when the tablet shows that an answer is kept; the test kills the browser's
processes at random moments, opens the same profile again, and compares. The seed of the moments is printed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.demo_process import Demo
from tests.e2e.tablet_page import Answers, Interview, Tablet
from tests.examples import SOAK

pytestmark = pytest.mark.browser
FORM = "household_survey"
OPENING: Answers = {
    "place_kind": "arrival",
    "place": "duisburg",
    "interview_language": "bg",
    "consent": "yes",
    "consent_special": "yes",
}
TYPED = ("age", "citizenship_other")
KILLS = 200 if SOAK else 3
LONGEST_SECONDS = 2.0
OPEN_MS = 60_000
"""A browser that was just killed begins with nothing in its caches."""

FILL = """
([names, first, seed]) => {
  // Numerical Recipes' generator: what is typed follows from the seed alone.
  let state = seed
  const random = most => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % most
  const field = name => document.querySelector(`[data-name="${name}"][data-kind]`).querySelector('input, textarea')
  const turn = () => new Promise(done => setTimeout(done, random(40)))
  const kept = () => document.querySelector('[data-testid="kept"]').dataset.keeping
  const fill = async () => {
    for (let number = first; ; number += 1) {
      const burst = Object.fromEntries(Array.from({length: 1 + random(4)}, () => [names[random(names.length)], number]))
      for (const name of Object.keys(burst)) {
        const input = field(name)
        input.value = String(number)
        input.dispatchEvent(new Event('input', {bubbles: true}))
        input.dispatchEvent(new Event('change', {bubbles: true}))
        if (random(3) === 0) await turn()
      }
      do await turn(); while (kept() === 'keeping')
      if (kept() !== 'kept') throw new Error('an answer could not be kept')
      console.info('kept ' + JSON.stringify(burst))
    }
  }
  window.filling = fill().catch(error => console.info('failed ' + error))
}
"""


class Told:
    """The number that was last told to be kept for each question, as the page says it."""

    def __init__(self, tablet: Tablet) -> None:
        self.kept: dict[str, int] = {}
        self.failures: list[str] = []
        self._listen(tablet)

    def _listen(self, tablet: Tablet) -> None:
        def hear(text: str) -> None:
            word, _, rest = text.partition(" ")
            if word == "kept":
                self.kept |= json_numbers(rest)
            elif word == "failed":
                self.failures.append(rest)

        tablet.page.on("console", lambda message: hear(message.text))

    def again(self, tablet: Tablet) -> None:
        """The browser is another one now."""
        self._listen(tablet)


def json_numbers(text: str) -> dict[str, int]:
    """A JSON object of numbers."""
    found: dict[str, int] = json.loads(text)
    return found


def to_the_fields(tablet: Tablet) -> None:
    """Begin an interview and go to the page of the questions that are filled in."""
    tablet.by_id(f"form-start-{FORM}").click()
    tablet.fill_in(Interview(OPENING), until=TYPED[0])


def go_on(tablet: Tablet, demo: Demo) -> None:
    """As a person does after the tablet went off: open the app, unlock, go on with the draft."""
    tablet.open()
    tablet.visit(demo.central)
    tablet.unlock()
    tablet.by_id("draft-continue").click()
    expect(tablet.question(TYPED[0])).to_be_visible(timeout=OPEN_MS)


@pytest.mark.timeout(3600 if SOAK else 600)
def test_a_kill_at_any_moment_loses_nothing_that_was_kept(demo: Demo, new_tablet: Callable[..., Tablet]) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed of the kills: {seed}")
    moments = random.Random(seed)
    tablet = new_tablet()
    tablet.enrol(demo.enrolment())
    to_the_fields(tablet)

    # An answer that another one has hidden is kept too.
    tablet.answer("citizenships", "other")
    tablet.answer("marital_status", "married")
    tablet.answer("partner_lives", "other_country")
    tablet.answer("marital_status", "single")
    expect(tablet.question("partner_lives")).to_have_count(0)

    told = Told(tablet)
    first = 1
    for _ in range(KILLS):
        tablet.page.evaluate(FILL, [list(TYPED), first, moments.randrange(2**31)])
        pause = moments.uniform(0, LONGEST_SECONDS)
        tablet.page.wait_for_timeout(pause * 1000)
        tablet.kill()
        assert told.failures == [], f"seed {seed}"
        kept = dict(told.kept)
        go_on(tablet, demo)
        told.again(tablet)
        for name in TYPED:
            value = int(tablet.question(name).locator("input, textarea").first.input_value() or 0)
            assert value >= kept.get(name, 0), f"seed {seed}: {name} is {value}, and {kept[name]} was told to be kept"
            first = max(first, value + 1, kept.get(name, 0) + 1)
    assert told.kept, f"seed {seed}: nothing was ever told to be kept"

    tablet.answer("marital_status", "married")
    expect(tablet.question("partner_lives")).to_have_attribute("data-answered", "true")
