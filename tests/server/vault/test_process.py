"""The vault as a real process behind its socket."""

from __future__ import annotations

import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading

import pytest

from server.errors.catalogue import catalogue
from server.errors.error import CodedError
from server.settings import Settings
from server.vault import address
from server.vault.address import SOCKET_FILE, connect
from server.vault.client import Grant, VaultClient
from server.vault.frames import HEAD, Kind
from server.vault.keyfile import create_vault
from server.vault.process import start_vault, stop_vault, vault_of
from tests.server.vault.conftest import CHEAP, PASSPHRASE


def settings_of(place, **more) -> Settings:
    return Settings(place=place, role="central", study="example", url="http://127.0.0.1:8000", **more)


@pytest.fixture
def settings(tmp_path):
    place = tmp_path / "central"
    create_vault(place / "vault", PASSPHRASE, CHEAP)
    return settings_of(place)


@pytest.fixture
def running(settings):
    process = start_vault(settings)
    assert process is not None
    yield process
    stop_vault(process)
    assert process.returncode == 0, "asked to end, it ends in order"


@pytest.fixture
def client(settings, running):
    return VaultClient(settings.vault / SOCKET_FILE)


def code_of(call, *arguments, **named):
    with pytest.raises(CodedError) as caught:
        call(*arguments, **named)
    assert caught.value.code in catalogue() or caught.value.code.startswith("envelope.")
    return caught.value.code


def test_the_whole_way_through_the_socket(client, seal):
    pair = client.new_intake_key()
    content = os.urandom(1_000_000)
    cover, body = seal(content, pair.public)
    assert not client.status().unlocked
    nobody = Grant("no grant", "", 0)
    assert code_of(list, client.open(nobody, cover, [body], pair.sealed_private)) == "vault.locked"
    assert code_of(client.unlock, "wrong passphrase", "mara") == "vault.passphrase.wrong"
    grant = client.unlock(PASSPHRASE, "mara")
    assert client.status().unlocked
    assert 1700 < grant.open_for <= 1800
    assert b"".join(client.open(grant, cover, [body], pair.sealed_private)) == content
    tiny = (body[at : at + 777] for at in range(0, len(body), 777))
    assert b"".join(client.open(grant, cover, tiny, pair.sealed_private)) == content
    sealed = client.seal_secret("central.key", b"k" * 32)
    assert client.open_secret(grant, "central.key", sealed) == b"k" * 32
    client.lock(grant)
    assert code_of(list, client.open(grant, cover, [body], pair.sealed_private)) == "vault.locked"


def test_a_cut_or_long_body_fails_at_the_end_and_a_broken_source_says_so_itself(client, seal):
    cover, body = seal(os.urandom(300_000), client.status().study_public)
    grant = client.unlock(PASSPHRASE, "mara")
    assert code_of(list, client.open(grant, cover, [body[:-1]], b"")) == "envelope.body.malformed"
    assert code_of(list, client.open(grant, cover, [body, b"more"], b"")) == "envelope.body.size"
    assert code_of(list, client.open(grant, cover, [], b"")) == "envelope.body.malformed"

    def broken():
        yield body[:1000]
        raise FileNotFoundError("a blob")

    with pytest.raises(FileNotFoundError):
        list(client.open(grant, cover, broken(), b""))
    unfinished = client.open(grant, cover, [body], b"")
    next(unfinished)
    unfinished.close()
    assert b"".join(client.open(grant, cover, [body], b""))


def test_many_open_at_once(client, seal):
    cover, body = seal(os.urandom(400_000), client.status().study_public)
    grant = client.unlock(PASSPHRASE, "mara")
    sizes = []

    def read():
        sizes.append(sum(map(len, client.open(grant, cover, [body], b""))))

    threads = [threading.Thread(target=read) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [400_000] * 16


def garbage(rng: random.Random) -> bytes:
    document = rng.choice(
        [
            b"",
            b"[]",
            b"null",
            b"\xff",
            b"[" * 60_000,
            b'{"call":"open"}',
            b'{"call":["open"]}',
            b'{"call":"nothing"}',
            b'{"call":"unlock","passphrase":1,"by":"x"}',
            b'{"call":"unlock","passphrase":"x","by":"a\\nb"}',
            b'{"call":"seal_secret","name":"\\ud800","secret":"AAAA"}',
            b'{"call":"lock","grant":{},"by":""}',
            b'{"call":"open","grant":"x","cover":"!","sealed_private":""}',
            b'{"call":"open","grant":"\\ud800","cover":"AAAA","sealed_private":""}',
            rng.randbytes(rng.randrange(200)),
        ]
    )
    shape = rng.randrange(4)
    if shape == 0:
        return rng.randbytes(rng.randrange(64))
    if shape == 1:
        return HEAD.pack(Kind.JSON, len(document) + rng.randrange(5)) + document
    if shape == 2:
        return struct.pack(">BI", rng.randrange(256), rng.getrandbits(32)) + document
    return HEAD.pack(Kind.JSON, len(document)) + document + rng.randbytes(rng.randrange(20))


def test_garbage_never_ends_the_vault_and_reveals_nothing(client, settings, running):
    rng = random.Random(20260801)
    path = settings.vault / SOCKET_FILE
    for _ in range(400):
        with connect(path, 5) as connection:
            try:
                connection.sendall(garbage(rng))
                connection.shutdown(socket.SHUT_WR)
                said = b""
                while piece := connection.recv(65536):
                    said += piece
            except ConnectionError:
                continue
            assert not said or b'"error"' in said
    assert running.poll() is None
    assert not client.status().unlocked


def test_a_silent_caller_holds_up_nobody(client, settings):
    silent = [connect(settings.vault / SOCKET_FILE, 5) for _ in range(20)]
    assert client.status().open_for is None
    for connection in silent:
        connection.close()


def test_socket_and_folder_are_closed_to_others(settings, client):
    assert settings.vault.stat().st_mode & 0o777 == 0o700
    assert (settings.vault / SOCKET_FILE).stat().st_mode & 0o777 == 0o600


def test_another_user_is_not_answered(settings, client):
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    settings.vault.chmod(0o755)
    (settings.vault / SOCKET_FILE).chmod(0o666)
    code = (
        "import os, socket, sys; os.chdir(sys.argv[1]); os.setgid(65534); os.setuid(65534);"
        "s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect('vault.sock'); print(len(s.recv(1)))"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code, str(settings.vault)], capture_output=True, text=True, timeout=30
    )
    assert asked.stdout.strip() == "0", "the connection is closed without a word"
    assert client.answers()


def test_memory_is_closed_to_debuggers_and_core_dumps(running):
    with open(f"/proc/{running.pid}/limits") as limits:
        line = next(line for line in limits if line.startswith("Max core file size"))
    assert line.split()[4:6] == ["0", "0"]
    assert os.stat(f"/proc/{running.pid}/environ").st_uid == 0


def test_the_process_knows_neither_web_nor_database():
    code = "import sys, server.vault.__main__; print([m for m in ('flask', 'sqlalchemy', 'forms') if m in sys.modules])"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "[]"


def test_a_second_vault_is_refused_and_a_stale_socket_is_replaced(settings, client, running):
    assert start_vault(settings) is None
    command = [sys.executable, "-m", "server.vault", str(settings.vault), "60"]
    second = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert second.returncode == 1
    assert "[vault.running]" in second.stderr
    assert client.answers()
    running.kill()
    running.wait()
    assert (settings.vault / SOCKET_FILE).exists()
    assert code_of(client.status) == "vault.unreachable"
    with vault_of(settings) as again:
        assert again.answers()
    assert not (settings.vault / SOCKET_FILE).exists()
    running.returncode = 0


def test_asked_to_end_amid_calls_it_ends_in_order(settings):
    process = start_vault(settings)
    assert process is not None
    over = threading.Event()

    def ask():
        while not over.is_set():
            VaultClient(settings.vault / SOCKET_FILE).answers()

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for each in askers:
        each.start()
    try:
        over.wait(0.1)
        stop_vault(process)
    finally:
        over.set()
        for each in askers:
            each.join()
    assert process.returncode == 0
    assert not (settings.vault / SOCKET_FILE).exists()


def test_it_locks_itself_without_being_asked(settings):
    with vault_of(settings_of(settings.place, vault_open_for=1)) as client:
        client.unlock(PASSPHRASE, "mara")
        waited = threading.Event()
        for _ in range(100):
            if not client.status().unlocked:
                break
            waited.wait(0.1)
        assert not client.status().unlocked


def test_it_ends_with_its_parent(settings):
    code = (
        "import os, sys; from pathlib import Path; from server.settings import Settings;"
        "from server.vault.process import start_vault;"
        "p = start_vault(Settings(place=Path(sys.argv[1]), role='central', study='s', url='http://x'));"
        "print(p.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", code, str(settings.place)], capture_output=True, text=True)
    assert parent.returncode == -signal.SIGKILL
    vault = int(parent.stdout)
    gone = threading.Event()
    for _ in range(200):
        if not os.path.exists(f"/proc/{vault}"):
            break
        with open(f"/proc/{vault}/stat") as state:
            if state.read().rsplit(")", 1)[1].split()[0] == "Z":
                break
        gone.wait(0.05)
    else:
        pytest.fail("the vault outlived its parent")


def test_it_says_why_it_does_not_start(settings, capfd):
    settings.vault.chmod(0o755)
    assert code_of(start_vault, settings) == "vault.start_failed"
    assert "vault.folder.open_to_others" in capfd.readouterr().err


def test_a_long_path_is_reached_all_the_same(tmp_path, monkeypatch):
    place = tmp_path / ("deep" * 20) / ("deeper" * 15)
    create_vault(place / "vault", PASSPHRASE, CHEAP)
    with vault_of(settings_of(place)) as client:
        assert client.answers()
    monkeypatch.setattr(address.sys, "platform", "other")
    assert code_of(connect, place / "vault" / SOCKET_FILE, 1) == "vault.socket.path_too_long"


def test_the_command_line(feldbuch, settings, tmp_path):
    (settings.place / "feldbuch.toml").write_text('role = "central"\nstudy = "example"\nurl = "http://127.0.0.1:1"\n')
    place = ("--place", settings.place)
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text(PASSPHRASE + "\n")
    new.write_text("a longer new passphrase\n")
    serving = feldbuch("vault", "serve", *place)
    serving.wait_for_line("answers")

    def said(*arguments, environment=None):
        process = feldbuch("vault", *arguments, *place, environment=environment)
        code = process.process.wait(30)
        process._reader.join()
        return code, process.output

    assert said("status")[1].startswith("The vault is locked.")
    code, output = said("unlock", "--passphrase-file", old)
    assert code == 0
    assert "unlocked for 1800 seconds" in output
    assert '"unlocked": true' in said("status", "--json")[1]
    assert said("lock")[0] == 0
    assert said("passphrase", "--passphrase-file", old, "--new-passphrase-file", new)[0] == 0
    code, output = said("unlock", environment={"FELDBUCH_PASSPHRASE": PASSPHRASE})
    assert code == 1
    assert "[vault.passphrase.wrong]" in output
    assert said("unlock")[1].endswith("[vault.passphrase.missing]")
    assert "is whole" in said("status")[1]
    assert serving.stop() == 0
    assert "[vault.unreachable]" in said("status")[1]
