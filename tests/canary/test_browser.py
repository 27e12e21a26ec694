"""The search finds what a real Chromium has written into its profile."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.canary.search import Canaries
from tests.e2e.tablet_page import Tablet

STORES = """
async ([words, wide, long, bytes]) => {
  const open = indexedDB.open('d')
  open.onupgradeneeded = () => open.result.createObjectStore('s')
  await new Promise((resolve) => (open.onsuccess = resolve))
  const photo = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))
  const put = (value, key) => new Promise((resolve, reject) => {
    const change = open.result.transaction('s', 'readwrite', { durability: 'strict' })
    change.objectStore('s').put(value, key)
    change.oncomplete = resolve
    change.onerror = reject
  })
  await put({ words }, 1)
  await put({ wide }, 2)
  await put({ photo }, 3)
  await put({ long: `${'Satz um Satz. '.repeat(20000)}${long}${'Satz um Satz. '.repeat(2000)}` }, 4)
  // Enough for LevelDB to write tables beside its log.
  for (let key = 5; key < 100; key += 1) await put(crypto.getRandomValues(new Uint8Array(60000)), key)
}
"""
KEPT = """
async ([cached, file]) => {
  const cache = await caches.open('c')
  await cache.put('/kept', new Response(cached))
  const root = await navigator.storage.getDirectory()
  const writing = await (await root.getFileHandle('f', { create: true })).createWritable()
  await writing.write(file)
  await writing.close()
}
"""


@pytest.mark.browser
def test_what_chromium_stores_is_found(playwright: Playwright, chromium_path: str, tmp_path: Path) -> None:
    photo = random.Random(3).randbytes(150_000)
    words = {place: f"Kanarienvogel im Fach {place} 4711" for place in ("words", "long", "cached", "file")}
    words["wide"] = "Заради пътя на сестра ми 4711"
    canaries = Canaries(words.values(), {"photo": photo})
    tablet = Tablet(playwright, chromium_path, tmp_path / "profile")
    tablet.context.route("https://tablet.test/**", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    tablet.page.goto("https://tablet.test/")
    values = [words["words"], words["wide"], words["long"], base64.b64encode(photo).decode()]
    tablet.page.evaluate(STORES, values)
    tablet.page.evaluate(KEPT, [words["cached"], words["file"]])
    tablet.kill()
    assert list((tmp_path / "profile").rglob("*.ldb")), "Chromium wrote no table, so none was read"
    found = {finding.secret for finding in canaries.search([tmp_path / "profile"])}
    assert found == {"photo", *words.values()}
