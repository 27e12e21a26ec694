"""The wheel, installed in an environment of its own: it starts, serves the tablet app and owns three names."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT, Start, find_free_port

OWN_NAMES = {"forms", "server", "sync"}
PASSPHRASE = "a passphrase for the wheel"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that holds the wheel; what it depends on it sees in the environment of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    ).stdout.strip()
    # Only a path: the .pth files in there, such as that of an editable installation, are not read.
    (Path(site) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_it_owns_exactly_its_three_import_names(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.split("/")[0] for name in archive.namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == OWN_NAMES


def test_it_carries_the_built_app_the_texts_the_migrations_and_no_sources_of_the_app(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert "server/static/dist/index.html" in names
    assert "server/migrations/versions/0001_initial.py" in names
    assert "server/demo/study.json" in names
    assert "forms/instruments/household_survey.json" in names
    assert "server/errors/texts/cli.toml" in names
    assert any(name.endswith(".mo") for name in names)
    assert not any(name.startswith(("server/tablet/", "tests/")) for name in names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_installed_it_makes_a_central_and_serves_the_tablet_app(
    environment: Path, tmp_path: Path, start_process: Start
) -> None:
    feldbuch, port = str(environment / "bin" / "feldbuch"), find_free_port()
    url, place, study = f"http://127.0.0.1:{port}", tmp_path / "central", tmp_path / "study.json"
    title = {"en": "Wheel"}
    sites = [{"id": "hagen", "kind": "arrival", "title": title}]
    study.write_text(json.dumps({"id": "wheel", "title": title, "languages": ["en"], "sites": sites}))
    made = subprocess.run(
        [
            *(feldbuch, "init", place, "--study", study, "--url", url, "--port", str(port)),
            *("--backup-target", tmp_path / "backup", "--desk-user", "manager"),
        ],
        cwd=tmp_path,
        env={"FELDBUCH_PASSPHRASE": PASSPHRASE, "PATH": str(environment / "bin")},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    where = subprocess.run(
        [environment / "bin" / "python", "-c", "import server; print(server.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    ).stdout
    assert where.startswith(str(environment))
    serving = start_process([feldbuch, "serve", "--place", str(place)], folder=tmp_path)
    serving.wait_for_line("Ctrl-C stops it")
    client = httpx.Client(base_url=url, transport=httpx.HTTPTransport(retries=8), timeout=30)
    with client:
        page = client.get("/tablet/")
        assert page.status_code == 200, serving.output
        assert page.headers["content-type"].startswith("text/html")
        assert "<script" in page.text
        assert client.get("/sync/hello").json()["study"] == "wheel"
    assert serving.stop() == 0, serving.output
