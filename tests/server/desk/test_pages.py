"""The pages: whom they open for, what they show, and that nothing a field worker named can become markup."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from server.opening import place_of
from server.settings import Settings
from server.storage.carriers import Device, FormOverride, FormVersion, Node
from server.storage.items import Item
from server.vault.client import Grant
from server.vault.keyfile import MIN_MEMORY_KIB, Cost, create_vault
from server.vault.process import vault_of
from server.web.desk import PUBLIC
from server.web.desk.grants import KEPT, Grants
from tests.server.desk.places import (
    HOSTILE,
    close,
    make_app,
    make_settings,
    now,
    sign_in,
    token_of,
    write_study,
)
from tests.server.monitor.worlds import WorldItem, item_values

PASSPHRASE = "träge Bienen zählen Wolken"


def write(app: Flask, *statements) -> None:
    engine = place_of(app).engine
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        for each in statements:
            connection.execute(each)


def device(id: str, **values):
    base = {"standing": "introduced", "site": "duisburg", "first_seen_at": now(), "report_sequence": 0}
    return insert(Device).values(id=id, **{**base, **values})


def form_version(form: str = "survey", title: str = "Survey"):
    return insert(FormVersion).values(
        version="f" * 64,
        form=form,
        title={"de": title},
        xform_hash="f" * 64,
        published_at=now(),
        published_by="somebody",
    )


def test_every_page_of_the_desk_is_shut_to_strangers(app: Flask, client: FlaskClient) -> None:
    token = token_of(client.get("/sign-in").text)
    walked = set()
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("desk.") or rule.endpoint in PUBLIC:
            continue
        path = re.sub(r"<[^>]+>", "x", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
            assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in"), rule
            walked.add(rule.endpoint)
    assert {"desk.ledger", "desk.fragment", "desk.device", "desk.vault", "desk.unlock", "desk.download"} <= walked
    others = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()}
    assert others <= {"desk", "statics", "tablet", "sync", "api-docs"} | {each for each in others if "sync" in each}


def test_another_role_is_refused(app: Flask, signed_in: FlaskClient) -> None:
    place = place_of(app)
    with place.engine.connect().execution_options(immediate=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE user SET role = 'interviewer'")
    assert signed_in.get("/").status_code == 403


def test_sites_without_anything_stand_there_and_never_is_not_long_ago(app: Flask, signed_in: FlaskClient) -> None:
    write_study(place_of(app).engine, [("duisburg", "arrival", "Duisburg"), ("bihor", "origin", "Bihor")])
    write(
        app,
        device("a" * 32, last_contact_at=None),
        device("b" * 32, last_contact_at=now() - timedelta(days=30)),
        device("c" * 32, last_contact_at=now()),
    )
    page = signed_in.get("/", headers={"Accept-Language": "en"}).text
    rows = dict(re.findall(r'data-device="(\w)\w+"(.*?)</tr>', page, re.DOTALL))
    assert [re.findall(r'data-contact="(\w+)"', rows[each]) for each in "abc"] == [["never"], ["long_ago"], ["recent"]]
    assert 'data-contact="no_tablet"' in page.partition('data-site="bihor"')[2]
    assert 'data-alarm="no_target"' in page
    assert page.count('data-testid="ledger-table"') == 1


def test_the_row_shows_the_counts(app: Flask, signed_in: FlaskClient) -> None:
    write_study(place_of(app).engine, [("duisburg", "arrival", "Duisburg")])
    counts = {"finished": 5, "sent": 1, "unsent": 2, "highest_number": 5, "drafts": 2}
    world = [
        WorldItem(f"uuid:{each}", "record", "duisburg", "a" * 32, "real", each + 1, "held", 0, 1) for each in (0, 1)
    ]
    items = [insert(Item).values(**item_values(index, each)) for index, each in enumerate(world)]
    write(app, device("a" * 32, counts=counts, last_contact_at=now()), *items)
    page = signed_in.get("/").text
    row = page.partition(f'data-device="{"a" * 32}"')[2].partition("</tr>")[0]
    cells = re.findall(r'data-count="(\w+)"[^>]*>(?:<[^>]*>)?(\d+)', row)
    assert cells == [
        ("collected", "5"),
        ("tablet", "2"),
        ("node", "1"),
        ("central", "0"),
        ("safe", "0"),
        ("waiting", "2"),
    ]
    assert 'data-missing="3"' in row
    assert "3–5" in row


def test_names_from_the_field_stay_text(app: Flask, signed_in: FlaskClient) -> None:
    write_study(place_of(app).engine, [("duisburg", "arrival", HOSTILE)])
    item = item_values(0, WorldItem("uuid:0", "record", HOSTILE, "a" * 32, "real", 1, "quarantined", 0, 1))
    write(
        app,
        device("a" * 32, name=HOSTILE, interviewer=HOSTILE, app_version=HOSTILE, last_contact_at=now()),
        insert(Item).values(**{**item, "instance": HOSTILE, "form": HOSTILE, "code": HOSTILE[:60], "carrier": HOSTILE}),
        insert(Node).values(
            id="n", standing="introduced", key=b"", name=HOSTILE, url="", sites=[HOSTILE], joined_at=now()
        ),
        form_version(title=HOSTILE),
    )
    for path in ("/", "/ledger/fragment", "/devices/" + "a" * 32, "/export"):
        page = signed_in.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert" in page.text
    assert signed_in.get("/devices/" + "a" * 32 + "?before=x").status_code == 200
    assert signed_in.get("/devices/unknown").status_code == 404


def test_the_fragment_is_told_apart_by_its_tag(app: Flask, signed_in: FlaskClient) -> None:
    first = signed_in.get("/ledger/fragment")
    again = signed_in.get("/ledger/fragment", headers={"If-None-Match": first.headers["ETag"]})
    assert first.status_code == 200
    assert again.status_code in (200, 304)
    assert "<html" not in first.text


def test_the_language_is_chosen_and_kept(app: Flask, signed_in: FlaskClient) -> None:
    assert '<html lang="de">' in signed_in.get("/", headers={"Accept-Language": "fr"}).text
    english = signed_in.get("/", headers={"Accept-Language": "en"}).text
    assert '<html lang="en">' in english
    assert "Where every interview is" in english
    token = token_of(english)
    assert signed_in.post("/language", data={"csrf_token": token, "language": "xx"}).status_code == 400
    signed_in.post("/language", data={"csrf_token": token, "language": "en"})
    other = app.test_client()
    sign_in(other)
    assert '<html lang="en">' in other.get("/", headers={"Accept-Language": "de"}).text


def test_errors_are_pages(app: Flask, signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, method, status in (("/nothing", "GET", 404), ("/vault/unlock", "GET", 405), ("/devices/x", "GET", 404)):
        answer = signed_in.open(path, method=method)
        assert answer.status_code == status
        assert "<h1" in answer.text

    def fail(_place: object) -> None:
        raise RuntimeError("an answer that must not be seen")

    monkeypatch.setattr("server.web.desk.ledger.read_ledger", fail)
    answer = signed_in.get("/")
    assert answer.status_code == 500
    assert "page.fault" in answer.text
    assert "must not be seen" not in answer.text
    assert signed_in.get("/sync/nothing").json["error"]["code"] == "page.not_found"


@pytest.fixture
def with_vault(tmp_path: Path) -> Iterator[tuple[Flask, FlaskClient]]:
    """A central with a vault that really runs."""
    settings: Settings = make_settings(tmp_path / "place")
    create_vault(settings.vault, PASSPHRASE, Cost(memory_kib=MIN_MEMORY_KIB, iterations=1, lanes=2))
    app = make_app(settings)
    with vault_of(settings):
        client = app.test_client()
        sign_in(client)
        yield app, client
    close(app)


def test_the_vault_is_unlocked_used_and_locked(with_vault: tuple[Flask, FlaskClient]) -> None:
    app, client = with_vault
    write(app, form_version())
    page = client.get("/vault").text
    assert 'data-state="locked"' in page
    data = {"csrf_token": token_of(page), "passphrase": "wrong", "next": "/export"}
    assert client.post("/export/survey", data=data).location.startswith("/vault?next=")
    assert client.post("/vault/unlock", data=data).status_code == 403
    assert client.post("/vault/unlock", data={**data, "passphrase": PASSPHRASE}).location == "/export"
    assert 'data-state="unlocked"' in client.get("/vault").text
    other = app.test_client()
    sign_in(other)
    assert 'data-state="locked"' in other.get("/vault").text
    download = client.post("/export/survey", data=data)
    assert download.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r'attachment; filename="survey-[\d-]+\.zip"', download.headers["Content-Disposition"])
    with zipfile.ZipFile(io.BytesIO(download.data)) as archive:
        assert "report.json" in archive.namelist()
    assert client.post("/export/none", data=data).status_code == 404
    assert client.post("/vault/lock", data=data).status_code == 303
    assert 'data-state="locked"' in client.get("/vault").text
    assert client.post("/export/survey", data=data).location.startswith("/vault?next=")


def test_signing_out_gives_the_grant_back(with_vault: tuple[Flask, FlaskClient]) -> None:
    app, client = with_vault
    data = {"csrf_token": token_of(client.get("/vault").text), "passphrase": PASSPHRASE}
    assert client.post("/vault/unlock", data=data).status_code == 303
    cookie = client.get_cookie("feldbuch")
    assert cookie is not None
    assert len(cookie.value) < 1000
    client.post("/sign-out", data=data)
    other = app.test_client()
    sign_in(other)
    page = other.get("/vault").text
    assert 'data-state="locked"' in page
    assert "Jemand anderes" not in page
    assert "Somebody else" not in page


def test_a_vault_that_does_not_answer_is_said(signed_in: FlaskClient) -> None:
    page = signed_in.get("/vault")
    assert page.status_code == 503
    assert 'data-state="unreachable"' in page.text


def test_a_form_that_was_published_over_something_missing_says_so(app: Flask, signed_in: FlaskClient) -> None:
    override = insert(FormOverride).values(
        version="f" * 64,
        reason=HOSTILE,
        decided_by="mara",
        decided_at=now(),
        counts={"form.missing_translation": 2, "form.consent_missing": 1},
        findings=[],
    )
    write(app, form_version(), override)
    page = signed_in.get("/export", headers={"Accept-Language": "de"}).text
    assert 'data-without="3"' in page
    assert "Veröffentlicht, obwohl 3 Befunde offen waren: " in page
    assert "(mara)" in page
    assert HOSTILE not in page


def test_grants_end_with_their_time_and_are_bounded() -> None:
    time = [0.0]
    grants = Grants(lambda: time[0])
    grants.keep("mine", Grant("secret", "anna", 10.0))
    assert grants.seconds_left("mine") == 10.0
    time[0] = 10.0
    assert grants.of("mine") is None
    for each in range(KEPT + 1):
        grants.keep(str(each), Grant("secret", "anna", 10.0))
    assert grants.of("0") is None
    assert grants.of(str(KEPT)) is not None
    assert "secret" not in repr(grants.drop(str(KEPT)))
