"""A passkey beside the PIN: both open together, without a network. When it is gone, a code of the office opens."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from sync.envelope.encoding import b64u, from_b64u
from tests.e2e.axe import serious_in_every_look
from tests.e2e.demo_process import Demo
from tests.e2e.tablet_page import PIN, WAIT_MS, Tablet

pytestmark = pytest.mark.browser
FORM = "household_survey"
NEW_PIN = "975310"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "hasPrf": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
KEEP_ANSWERS = """
const answers = (window.prfAnswers = [])
const ids = (window.passkeyIds = [])
for (const name of ['create', 'get']) {
  const real = CredentialsContainer.prototype[name]
  CredentialsContainer.prototype[name] = async function (options) {
    const credential = await real.call(this, options)
    const first = credential?.getClientExtensionResults().prf?.results?.first
    if (first) answers.push([...new Uint8Array(first)])
    ids.push([...new Uint8Array(credential.rawId)])
    return credential
  }
}
"""
AT_REST = """async () => {
  const bytes = []
  const walk = value => {
    if (value instanceof CryptoKey || value === null) return
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      const view = value instanceof ArrayBuffer ? new Uint8Array(value)
        : new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      bytes.push(view.join() + ',')
    } else if (typeof value === 'object') Object.values(value).forEach(walk)
  }
  const open = indexedDB.open('feldbuch')
  const base = await new Promise(done => (open.onsuccess = () => done(open.result)))
  for (const name of base.objectStoreNames) {
    const all = base.transaction(name).objectStore(name).getAll()
    walk(await new Promise(done => (all.onsuccess = () => done(all.result))))
  }
  base.close()
  const rests = each => bytes.some(held => held.includes(each.join()))
  return { ids: window.passkeyIds.map(rests), answers: window.prfAnswers.map(rests) }
}"""


def by_name(link: str) -> str:
    """An enrolment link with the name of this computer: passkeys belong to names, never to addresses in figures."""
    parts = urlsplit(link)
    enrolment = json.loads(from_b64u(parts.fragment.removeprefix("enrol=")))
    central = f"http://localhost:{parts.port}"
    fragment = b64u(json.dumps({**enrolment, "central": central}).encode())
    return f"{central}{parts.path}#enrol={fragment}"


def test_pin_and_passkey_open_together_and_a_code_when_the_passkey_is_gone(
    demo: Demo, new_tablet: Callable[..., Tablet]
) -> None:
    tablet = new_tablet(KEEP_ANSWERS)
    devtools = tablet.context.new_cdp_session(tablet.page)
    devtools.send("WebAuthn.enable")
    authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]

    def passkeys() -> list[Any]:
        found: list[Any] = devtools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
        return found

    # It is offered beside the new PIN and not demanded; here it is taken.
    tablet.page.goto(by_name(demo.enrolment("I-31")))
    expect(tablet.by_id("passkey-wanted")).not_to_be_checked()
    assert serious_in_every_look(tablet.page) == []
    tablet.by_id("passkey-wanted").check()
    tablet.by_id("enrol-pin").fill(PIN)
    tablet.by_id("enrol-pin-repeat").fill(PIN)
    tablet.by_id("enrol-submit").click()
    tablet.by_id("enrol-begin").click()
    expect(tablet.by_id("form-list")).to_be_visible(timeout=WAIT_MS)
    tablet.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert len(passkeys()) == 1
    tablet.by_id(f"form-start-{FORM}").click()
    tablet.answer("consent", "yes")
    tablet.by_id("interview-leave").click()
    expect(tablet.by_id("draft-continue")).to_be_visible()

    # Without a network PIN and passkey open together; what the authenticator answered rests nowhere.
    tablet.context.set_offline(True)
    tablet.by_id("lock").click()
    expect(tablet.by_id("unlock-passkey")).to_be_visible()
    assert serious_in_every_look(tablet.page) == []
    tablet.unlock()
    rest = tablet.page.evaluate(AT_REST)
    assert all(rest["ids"]), "what may be found is found"
    assert len(rest["answers"]) >= 2
    assert not any(rest["answers"])

    # The passkey is gone: the PIN alone opens nothing.
    tablet.by_id("lock").click()
    devtools.send("WebAuthn.clearCredentials", {"authenticatorId": authenticator})
    tablet.by_id("unlock-pin").fill(PIN)
    tablet.by_id("unlock-submit").click()
    expect(tablet.by_id("error")).to_have_attribute("data-code", "passkey.refused", timeout=WAIT_MS)

    # A code from the vault opens, and nothing is lost. A new passkey may lock from now on.
    tablet.by_id("unlock-forgotten").click()
    device = tablet.by_id("recover-device").inner_text()
    code = demo.run("device", "recovery", device, "--interviewer", "I-31", "--number", "1", place="central").strip()
    tablet.by_id("recover-code").fill(code)
    tablet.by_id("recover-pin").fill(NEW_PIN)
    tablet.by_id("recover-pin-repeat").fill(NEW_PIN)
    expect(tablet.by_id("passkey-wanted")).to_be_visible()
    tablet.by_id("recover-submit").click()
    tablet.by_id("draft-continue").click()
    expect(tablet.question("consent").locator('[data-value="yes"]')).to_have_attribute("aria-checked", "true")
    tablet.by_id("interview-leave").click()

    # It is added and taken away again in the settings, with the PIN in hand.
    tablet.by_id("settings").click()
    for pressed, count in (("passkey-on", 1), ("passkey-on", 0)):
        tablet.by_id("passkey-turn").click()
        tablet.by_id("passkey-pin").fill(NEW_PIN)
        assert serious_in_every_look(tablet.page) == []
        tablet.by_id("passkey-confirm").click()
        expect(tablet.by_id("passkey-turn")).to_be_visible(timeout=WAIT_MS)
        expect(tablet.by_id(pressed)).to_have_count(count)
    assert len(passkeys()) == 1
