"""``feldbuch init`` as a real process: a place is there whole or not at all."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from server.cli import main

STUDY = str(files("server.demo").joinpath("study.json"))
PASSPHRASE = "a passphrase for init"


def command(place: Path, url: str, *more: object) -> list[str]:
    return [*map(str, ["init", place, "--study", STUDY, "--url", url, "--desk-user", "manager", *more])]


def init(place: Path, *more: object, passphrase: str = PASSPHRASE, url: str = "http://127.0.0.1:8000"):
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *command(place, url, *more)],
        env={**os.environ, "FELDBUCH_PASSPHRASE": passphrase},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("made")
    done = init(folder / "central", "--backup-target", folder / "backup")
    assert done.returncode == 0, done.stderr
    return folder, done


def test_all_of_it_is_for_its_owner_alone_and_nothing_else_is_left(made) -> None:
    folder, _ = made
    assert sorted(each.name for each in folder.iterdir()) == ["backup", "central"]
    assert stat.S_IMODE((folder / "central").stat().st_mode) == 0o700
    names = {str(each.relative_to(folder / "central")) for each in (folder / "central").rglob("*")}
    assert {"feldbuch.toml", "feldbuch.db", "keys/central.key", "keys/session.key", "vault/study.key.json"} <= names
    assert "keys/bundle.key" in names
    for secret in (folder / "central" / "keys").iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_the_password_is_shown_once_and_lies_nowhere(made) -> None:
    folder, done = made
    (line,) = [each for each in done.stdout.splitlines() if "shown this once" in each]
    password = line.rpartition(" ")[2].encode()
    assert len(password) >= 20
    for path in (folder / "central").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert password not in data
            assert PASSPHRASE.encode() not in data


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """What an init says that refuses; in this process, since it ends before it makes anything."""

    def run(place: Path, *more: object, passphrase: str = PASSPHRASE, url: str = "http://127.0.0.1:8000") -> str:
        arguments = command(place, url, *more)
        monkeypatch.setattr(sys, "argv", ["feldbuch", *arguments])
        monkeypatch.setenv("FELDBUCH_PASSPHRASE", passphrase)
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 1
        return capsys.readouterr().err

    return run


def test_a_place_that_is_there_is_never_touched(made, refusal) -> None:
    folder, _ = made
    before = {path: path.read_bytes() for path in (folder / "central").rglob("*") if path.is_file()}
    assert "[init.exists]" in refusal(folder / "central", "--backup-target", folder / "backup")
    assert before == {path: path.read_bytes() for path in (folder / "central").rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("more", "arguments", "code"),
    [
        ([], {}, "init.backup.needed"),
        (["--without-backup"], {"passphrase": "short"}, "vault.passphrase.short"),
        (["--without-backup"], {"url": "http://central.example"}, "init.url"),
        (["--without-backup"], {"url": "https://central.example/path"}, "init.url"),
        (["--without-backup", "--node-origin", "node.example"], {}, "init.url"),
        (["--backup-target", "central/inside"], {}, "init.backup.inside"),
        (["--backup-target", "/proc/backup"], {}, "init.backup.unwritable"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal, more: list[str], arguments: dict[str, str], code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert f"[{code}]" in refusal(tmp_path / "central", *more, **arguments)
    assert list(tmp_path.iterdir()) == []


def test_without_a_backup_it_warns(tmp_path: Path) -> None:
    done = init(tmp_path / "central", "--without-backup")
    assert done.returncode == 0
    assert "nothing will ever be safe" in done.stderr


def test_status_of_a_new_central(made) -> None:
    folder, _ = made
    command = [sys.executable, "-m", "server.cli", "status", "--json", "--place", str(folder / "central")]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert found["role"] == "central"
    assert found["items"] == {"held": 0, "waiting": 0, "quarantined": 0, "conflict": 0, "aside": 0}
    assert (found["seq"], found["durable_seq"]) == (0, 0)
    assert found["backup"]["worry"] == "no_backup"
    assert found["vault"] == "unreachable"
    assert found["devices"] == found["nodes"] == []
