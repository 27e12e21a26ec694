"""``feldbuch form preview``: what it answers, whom it refuses, that it follows the file and ends cleanly."""

from __future__ import annotations

import json
import re
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from forms.schema.document import read_form
from forms.xform import compile_xform
from server.cli.form import form as command
from server.errors.error import CodedError
from server.web import headers, preview
from server.web.preview import BUILT, FRAME_POLICY, OUTER_POLICY, WAIT_SECONDS
from server.web.preview.watched import WatchedForm
from tests.conftest import Running
from tests.e2e.life_form import LIFE

INSTANCE = (
    '<data id="visit" version="{version}"><age/><age_missing>refused</age_missing><town>du</town>'
    "<trips><year>2011</year><year_missing/></trips><trips><year>2014</year><year_missing/></trips>"
    "<meta><instanceID>uuid:1</instanceID></meta></data>"
)
REASONS = Path(__file__).resolve().parents[3] / "server/tablet/src/form/testing/reasons.json"
MOVING = [REASONS.parents[2] / f"moving/testing/{name}.json" for name in ("first", "second")]


def visit(question: str = "Wie alt sind Sie?") -> dict[str, Any]:
    return {
        "feldbuch_form": 1,
        "id": "visit",
        "title": {"de": "Hausbesuch", "bg": "Посещение"},
        "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
        "default_language": "de",
        "missing": {"kinds": {"refused": {"code": -98, "label": {"de": "Verweigert", "bg": "Отказ"}}}}
        | {"label": {"de": "Keine Antwort", "bg": "Без отговор"}},
        "questions": [
            {
                "type": "integer",
                "name": "age",
                "missing": True,
                "label": {"de": question, "bg": "На колко години сте?"},
            },
            {
                "type": "select_one",
                "name": "town",
                "choices_file": "towns.csv",
                "parameters": {"value": "code", "label": "name"},
                "label": {"de": "Stadt?", "bg": "Град?"},
            },
            {
                "type": "repeat",
                "name": "trips",
                "label": {"de": "Reise", "bg": "Пътуване"},
                "questions": [
                    {"type": "integer", "name": "year", "missing": True, "label": {"de": "Jahr?", "bg": "Година?"}}
                ],
            },
        ],
    }


PORT = 8765
HERE = f"http://127.0.0.1:{PORT}"
BOMB = b'<!DOCTYPE a [<!ENTITY b "c">]><data>&b;</data>'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    assert (BUILT / "preview.html").is_file(), "the preview is not built; run 'make tablet'"
    file = tmp_path / "visit.json"
    file.write_text(json.dumps(visit()), "utf-8")
    (tmp_path / "towns.csv").write_text("code,name\ndu,Duisburg\n", "utf-8")
    (tmp_path / "secret.csv").write_text("code,name\n", "utf-8")
    return file


def client_of(file: Path) -> Iterator[FlaskClient]:
    watched = WatchedForm(file)
    watched.start()
    app = Flask("preview", static_folder=None)
    preview.init_app(app, watched, PORT, None)
    yield app.test_client()
    watched.stop()


@pytest.fixture
def client(file: Path) -> Iterator[FlaskClient]:
    """The pages and answers, without a process."""
    yield from client_of(file)


def test_the_process_follows_the_file_and_ends_while_a_page_waits(feldbuch: Callable[..., Running], file: Path) -> None:
    running = feldbuch("form", "preview", file, "--no-open", "--language", "bg")
    [url] = re.findall(r"http://127\.0\.0\.1:\d+/", running.wait_for_line("is shown at"))
    state = httpx.get(f"{url}api/state").json()
    assert (state["number"], state["shown"], state["id"], state["file"]) == (1, True, "visit", "visit.json")
    assert not [each for each in state["findings"] if each["severity"] == "error"]
    told = httpx.get(f"{url}api/form").json()
    assert (told["language"], told["languages"]) == ("bg", ["de", "bg"])
    assert told["xform"] == compile_xform(read_form(file.read_bytes()))
    assert httpx.get(url, headers={"Host": "evil.example"}).status_code == 421

    with ThreadPoolExecutor(1) as waiting:

        def next_state(seen: int, content: str) -> Any:
            """What a page that waits is told when a new file is put in the place of the old one, as editors do."""
            answer = waiting.submit(httpx.get, f"{url}api/state?seen={seen}", timeout=WAIT_SECONDS + 10)
            (file.parent / "new").write_text(content, "utf-8")
            (file.parent / "new").replace(file)
            return answer.result().json()

        assert next_state(1, json.dumps(visit("Wie alt?")))["number"] == 2
        assert "Wie alt?" in httpx.get(f"{url}api/form").json()["xform"]
        broken = next_state(2, "{")
        assert (broken["number"], broken["shown"], broken["findings"][0]["code"]) == (3, False, "form.json_syntax")
        assert httpx.get(f"{url}api/form").status_code == 404
        wrong = visit()
        wrong["questions"][0]["constraint"] = "${agee} > 3"
        found = next_state(3, json.dumps(wrong))["findings"][0]
        assert (found["severity"], found["item"], found["place"]) == ("error", "age", "/questions/0/constraint")
        assert set(found["texts"]) == {"en", "de"}
        assert found["texts"]["de"]["remedy"]
        assert next_state(4, json.dumps(visit()))["shown"] is True

        left = waiting.submit(httpx.get, f"{url}api/state?seen=5", timeout=WAIT_SECONDS + 10)
        assert running.stop(signal.SIGINT) == 0, running.output
        assert left.exception() is not None or left.result().json()["number"] == 5
    assert "Nothing was kept." in running.output
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_list_beside_the_file_is_followed_and_nothing_else_is_given(client: FlaskClient, file: Path) -> None:
    towns = client.get("/api/files/towns.csv", base_url=HERE)
    assert "Duisburg" in towns.text
    for name in ("secret.csv", "visit.json", "..%2fvisit.json", "nothing.csv"):
        assert client.get(f"/api/files/{name}", base_url=HERE).data[:5] != b"code,", name
    towns.close()
    with ThreadPoolExecutor(1) as waiting:
        answer = waiting.submit(client.get, "/api/state?seen=1", base_url=HERE)
        (file.parent / "towns.csv").write_text("code,name\npd,Plovdiv\n", "utf-8")
        assert answer.result().get_json()["number"] == 2


def test_a_record_is_told_as_it_would_be_exported(client: FlaskClient) -> None:
    version = re.findall(r'version="(\w{64})"', client.get("/api/form", base_url=HERE).get_json()["xform"])[0]
    instance = INSTANCE.format(version=version).encode()
    told = client.post("/api/answers", data=instance, base_url=HERE, headers={"Origin": HERE}).get_json()
    own, trips = told["tables"]
    row = dict(zip(own["columns"], own["rows"][0], strict=True))
    assert (row["age"], row["age_missing"], row["town"], row["form_version"]) == ("-98", "refused", "du", version)
    assert [each[trips["columns"].index("year")] for each in trips["rows"]] == ["2011", "2014"]
    for bad in (BOMB, b"", b"no XML"):
        assert client.post("/api/answers", data=bad, base_url=HERE, headers={"Origin": HERE}).status_code == 400


def test_nobody_else_is_answered(client: FlaskClient) -> None:
    paths = ("/", "/frame", "/api/state", "/api/form", "/api/answers", "/api/files/towns.csv", "/icon.svg")
    strangers = ("evil.example", f"evil.example:{PORT}", f"127.0.0.1.evil.example:{PORT}", "127.0.0.1", "localhost:1")
    for host in strangers:
        for path in paths:
            assert client.get(path, base_url=HERE, headers={"Host": host}).status_code == 421, (host, path)
    assert client.get("/api/state", base_url=HERE, headers={"Host": f"localhost:{PORT}"}).status_code == 200
    for site in ("cross-site", "same-site"):
        for path in paths[1:]:
            assert client.get(path, base_url=HERE, headers={"Sec-Fetch-Site": site}).status_code == 403, (site, path)
    for origin in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert client.post("/api/answers", data=b"<data/>", base_url=HERE, headers=origin).status_code == 403
    for method in ("GET", "OPTIONS"):
        answer = client.open("/api/form", method=method, base_url=HERE, headers={"Origin": "https://evil.example"})
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


def test_its_pages_are_as_strict_as_the_tablets(client: FlaskClient) -> None:
    def status(path: str) -> int:
        with client.get(path, base_url=HERE) as answer:
            return answer.status_code

    for path, policy in (("/", OUTER_POLICY), ("/frame", FRAME_POLICY)):
        with client.get(path, base_url=HERE) as page:
            assert page.headers[headers.CSP_HEADER] == policy
            text = page.text
        tablets = headers.tablet_policy(()).split("; ")
        own = ("frame-ancestors", "worker-src", "manifest-src", "font-src")
        assert {each for each in tablets if not each.startswith(own)} <= set(policy.split("; "))
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)
        assert "manifest" not in text
        for asset in re.findall(r'(?:src|href)="(/[^"]+)"', text):
            assert status(asset) == 200, asset
    for name in ("/assets/nothing.js", "/assets/..%2fpreview.html", "/sw.js", "/tablet/", "/preview.html"):
        assert status(name) == 404, name
    for name in ("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy"):
        assert name in client.get("/api/form", base_url=HERE).headers


def test_the_tablet_app_neither_keeps_nor_serves_the_preview() -> None:
    """What its worker keeps stands in the worker, what it loads first in its page."""
    app = BUILT.parent
    assert "preview" not in (app / "sw.js").read_text("utf-8")
    assert "preview/" not in (app / "index.html").read_text("utf-8")


def test_a_language_or_a_port_that_cannot_be_is_said(file: Path) -> None:
    unknown = CliRunner().invoke(command, ["preview", str(file), "--no-open", "--language", "tr"])
    assert (unknown.exit_code, "the form has de, bg" in unknown.output) == (2, True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = CliRunner().invoke(command, ["preview", str(file), "--no-open", "--port", str(port)])
    assert isinstance(refused.exception, CodedError)
    assert refused.exception.code == "preview.port"


def test_an_xlsform_is_shown_too(tmp_path: Path) -> None:
    file = tmp_path / "visit.md"
    file.write_text(
        "| survey |\n| | type | name | label |\n| | integer | age | How old? |\n"
        "| settings |\n| | form_id | form_title |\n| | visit | Visit |\n",
        "utf-8",
    )
    [client] = client_of(file)
    state = client.get("/api/state", base_url=HERE).get_json()
    assert (state["shown"], state["id"]) == (True, "visit"), state


def test_what_the_tablets_tests_fill_in_is_what_is_compiled() -> None:
    """The tests of the tablet read ``reasons.xml`` and others: made of ``reasons.json`` by ``feldbuch form xform``."""
    for form in (REASONS, REASONS.with_name("repeats.json"), LIFE, *MOVING):
        compiled = compile_xform(read_form(form.read_bytes()))
        assert form.with_suffix(".xml").read_text("utf-8").strip() == compiled.strip()
