"""The vault's rules without its socket: who may open, for how long, and what the log says of it."""

from __future__ import annotations

import io
import json
import os
import threading

import pytest

from server.errors.error import CodedError
from server.vault.audit import AUDIT_FILE, AuditLog, check_audit_log
from server.vault.core import Vault, utc_now
from server.vault.keyfile import KEY_FILE, create_vault, read_key_file
from sync.errors import EnvelopeError
from tests.server.vault.conftest import CHEAP, PASSPHRASE


def code_of(call, *arguments, **named):
    with pytest.raises((CodedError, EnvelopeError)) as caught:
        call(*arguments, **named)
    return caught.value.code


def opened(vault, token, cover, body, sealed):
    return b"".join(vault.open(token, cover, sealed, io.BytesIO(body)))


def test_opens_what_was_sealed_to_an_intake_key_that_it_made_while_locked(vault, seal):
    pair = vault.new_intake_key()
    content = os.urandom(200_000)
    cover, body = seal(content, pair.public)
    assert code_of(opened, vault, "no grant", cover, body, pair.sealed_private) == "vault.locked"
    token = vault.unlock(PASSPHRASE, "mara")
    assert opened(vault, token, cover, body, pair.sealed_private) == content


def test_opens_what_was_sealed_to_the_study_key_itself(vault, seal):
    cover, body = seal(b"content", vault.study_key.public)
    assert opened(vault, vault.unlock(PASSPHRASE, "mara"), cover, body, b"") == b"content"


def test_refuses_changed_covers_bodies_and_foreign_intake_keys(vault, seal, tmp_path):
    pair = vault.new_intake_key()
    cover, body = seal(b"content", pair.public)
    token = vault.unlock(PASSPHRASE, "mara")
    flipped = body[:-1] + bytes([body[-1] ^ 1])
    assert code_of(opened, vault, token, cover, flipped, pair.sealed_private) == "envelope.body.sealed"
    assert code_of(opened, vault, token, cover + b" ", body, pair.sealed_private) == "envelope.cover.not_canonical"
    forged = cover.replace(b'"site":"essen"', b'"site":"hagen"')
    assert code_of(opened, vault, token, forged, body, pair.sealed_private) == "envelope.signature.wrong"
    other = vault.new_intake_key()
    assert code_of(opened, vault, token, cover, body, other.sealed_private) == "envelope.recipient.missing"
    assert code_of(opened, vault, token, cover, body, b"x" * 1168) == "vault.intake_key.sealed"


def test_a_grant_ends_with_its_time_and_the_key_is_forgotten(vault, clock, seal):
    first = vault.unlock(PASSPHRASE, "mara")
    clock.seconds += 1000
    second = vault.unlock(PASSPHRASE, "jan")
    seed = vault._seed
    clock.seconds += 800
    cover, body = seal(b"content", vault.study_key.public)
    assert code_of(opened, vault, first, cover, body, b"") == "vault.locked"
    assert opened(vault, second, cover, body, b"") == b"content"
    clock.seconds += 1000
    vault.expire()
    assert vault.open_until() is None
    assert vault._seed is None
    assert bytes(seed) == bytes(32), "the key must be overwritten, not only let go"


def test_locking_ends_ones_own_grant_or_all_and_stops_an_opening_under_way(vault, seal):
    mara, jan = vault.unlock(PASSPHRASE, "mara"), vault.unlock(PASSPHRASE, "jan")
    cover, body = seal(os.urandom(300_000), vault.study_key.public)
    under_way = vault.open(jan, cover, b"", io.BytesIO(body))
    next(under_way)
    vault.lock(mara)
    assert vault.open_until() is not None
    next(under_way)
    vault.lock(None, "mara")
    assert vault.open_until() is None
    assert code_of(next, under_way) == "vault.locked"


def test_wrong_passphrases_say_only_wrong_and_slow_down(vault, clock):
    codes = {code_of(vault.unlock, wrong, "mara") for wrong in ("", "x", PASSPHRASE + " ", "\ud800" * 12, "y" * 9000)}
    assert codes == {"vault.passphrase.wrong"}
    assert clock.delays == [1, 2, 4, 8]
    vault.unlock(PASSPHRASE, "mara")
    clock.delays.clear()
    vault.unlock(PASSPHRASE, "mara")
    assert clock.delays == [], "the right passphrase ends the delay"


def test_attempts_wait_for_one_another_and_too_many_are_sent_away(folder, clock):
    waiting, go = threading.Semaphore(0), threading.Event()

    def wait(_seconds):
        waiting.release()
        go.wait(20)

    vault = Vault(folder, 10, clock=clock, wait=wait)
    assert code_of(vault.unlock, "wrong", "x") == "vault.passphrase.wrong"
    codes = []
    threads = [threading.Thread(target=lambda: codes.append(code_of(vault.unlock, "wrong", "x"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    waiting.acquire()
    while vault._queue._value:
        pass
    assert code_of(vault.unlock, PASSPHRASE, "x") == "vault.busy"
    go.set()
    for thread in threads:
        thread.join()
    assert codes == ["vault.passphrase.wrong"] * 8
    vault.close()


def test_passphrases_composed_differently_are_the_same(vault):
    decomposed = PASSPHRASE.replace("ä", "a\u0308")
    assert decomposed != PASSPHRASE
    vault.unlock(decomposed, "mara")


def test_changing_the_passphrase(vault, folder, clock):
    before = vault.study_key.public
    assert code_of(vault.change_passphrase, "wrong", "a longer new passphrase", "mara") == "vault.passphrase.wrong"
    assert code_of(vault.change_passphrase, PASSPHRASE, "too short", "mara") == "vault.passphrase.short"
    vault.change_passphrase(PASSPHRASE, "a longer new passphrase", "mara", CHEAP)
    assert code_of(vault.unlock, PASSPHRASE, "mara") == "vault.passphrase.wrong"
    vault.unlock("a longer new passphrase", "mara")
    again = Vault(folder, 10, clock=clock, wait=clock.delays.append)
    again.unlock("a longer new passphrase", "mara")
    assert again.study_key.public == before
    again.close()


def test_short_passphrases_and_second_vaults_are_refused(tmp_path, folder):
    assert code_of(create_vault, tmp_path / "other", "elf Zeichen") == "vault.passphrase.short"
    assert not (tmp_path / "other").exists()
    assert code_of(create_vault, folder, PASSPHRASE) == "vault.key.exists"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("v",), 2),
        (("wraps",), []),
        (("wraps", 0, "kdf", "memory_kib"), 1024),
        (("wraps", 0, "kdf", "memory_kib"), 2**40),
        (("wraps", 0, "kdf", "iterations"), "1"),
        (("wraps", 0, "sealed"), "AAAA"),
        (("study_key", "id"), "a" * 32),
        (("study_key", "public"), "AAAA"),
    ],
)
def test_a_damaged_key_file_is_refused(folder, path, value):
    document = json.loads((folder / KEY_FILE).read_text())
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    (folder / KEY_FILE).write_text(json.dumps(document))
    assert code_of(read_key_file, folder) == "vault.key.damaged"


def test_parameters_of_a_wrap_cannot_be_exchanged(folder, clock):
    document = json.loads((folder / KEY_FILE).read_text())
    document["wraps"][0]["id"] = "another"
    (folder / KEY_FILE).write_text(json.dumps(document))
    vault = Vault(folder, 10, clock=clock)
    assert code_of(vault.unlock, PASSPHRASE, "mara") == "vault.passphrase.wrong"
    vault.close()


def test_secrets_are_sealed_while_locked_and_bound_to_their_name(vault):
    sealed = vault.seal_secret("central.key", b"k" * 32)
    assert code_of(vault.open_secret, "no", "central.key", sealed) == "vault.locked"
    token = vault.unlock(PASSPHRASE, "mara")
    assert vault.open_secret(token, "central.key", sealed) == b"k" * 32
    assert code_of(vault.open_secret, token, "other.key", sealed) == "vault.secret.sealed"
    assert code_of(vault.seal_secret, "x", b"k" * 20_000) == "vault.secret.too_large"


def test_nothing_of_the_keys_lies_in_clear_on_the_disk(vault, folder, seal):
    pair = vault.new_intake_key()
    cover, body = seal(b"a known answer", pair.public)
    token = vault.unlock(PASSPHRASE, "mara")
    opened(vault, token, cover, body, pair.sealed_private)
    seed = bytes(vault._seed)
    vault.change_passphrase(PASSPHRASE, "a longer new passphrase", "mara", CHEAP)
    secrets = [seed, seed.hex().encode(), PASSPHRASE.encode(), token.encode(), b"a known answer", b"longer new"]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {KEY_FILE, AUDIT_FILE}
    for path in files:
        assert path.stat().st_mode & 0o077 == 0
        for secret in secrets:
            assert secret not in path.read_bytes()


def test_the_log_tells_every_unlock_and_opening_without_content(vault, folder, clock, seal):
    cover, body = seal(b"a known answer", vault.study_key.public)
    code_of(vault.unlock, "wrong passphrase", "eve")
    token = vault.unlock(PASSPHRASE, "mara")
    opened(vault, token, cover, body, b"")
    vault.lock(token)
    lines = [json.loads(line) for line in (folder / AUDIT_FILE).read_text().splitlines()]
    told = [(line["number"], line["by"], line["what"]) for line in lines]
    assert told == [(1, "eve", "unlock_refused"), (2, "mara", "unlock"), (3, "mara", "open"), (4, "mara", "lock")]
    assert (lines[2]["instance"], lines[2]["part"]) == ("uuid:1", "a1")
    assert len(lines[2]["hash"]) == 64
    assert check_audit_log(folder / AUDIT_FILE, vault.audit.last) is None


def test_an_opening_that_cannot_be_logged_gives_nothing(vault, seal, monkeypatch):
    cover, body = seal(b"content", vault.study_key.public)
    token = vault.unlock(PASSPHRASE, "mara")

    def full(_descriptor):
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", full)
    under_way = vault.open(token, cover, b"", io.BytesIO(body))
    assert code_of(next, under_way) == "vault.audit.unwritable"


@pytest.fixture
def log(tmp_path):
    path = tmp_path / AUDIT_FILE
    log = AuditLog(path, utc_now)
    for number in range(5):
        log.append("mara", "open", instance=f"uuid:{number}", part="record", hash="0" * 64)
    log.close()
    return path, log.last


@pytest.mark.parametrize("number", range(5))
def test_a_changed_or_missing_line_of_the_log_is_found(log, number):
    path, last = log
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:number], lines[number].replace("mara", "eve "), *lines[number + 1 :]]))
    assert check_audit_log(path, last) == min(number + 2, 5)
    path.write_text("".join([*lines[:number], *lines[number + 1 :]]))
    assert check_audit_log(path, last) == min(number + 1, 4)


def test_a_torn_last_line_is_removed_and_that_is_noted(log):
    path, _ = log
    with path.open("ab") as file:
        file.write(b'{"at":"2026')
    assert check_audit_log(path) == 6
    again = AuditLog(path, utc_now)
    again.close()
    assert json.loads(path.read_text().splitlines()[-1])["what"] == "torn_line_removed"
    assert check_audit_log(path, again.last) is None
