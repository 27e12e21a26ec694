"""Signing in and out, what a session is worth, and what a forged request achieves."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.errors.error import CodedError
from server.opening import place_of
from server.services.operate import users
from server.settings import Settings
from server.web.desk.attempts import KEPT, RULES, Attempts
from tests.server.desk.places import NAME, PASSWORD, close, sign_in, token_of


def test_a_person_signs_in_and_out_and_the_copied_cookie_is_worth_nothing(app: Flask, client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/sign-in?next=/"
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    page = client.get("/")
    assert page.status_code == 200
    copied = client.get_cookie("feldbuch")
    assert copied is not None
    assert copied.http_only
    assert copied.same_site == "Strict"
    assert client.post("/sign-out", data={"csrf_token": token_of(page.text)}).status_code == 303
    assert client.get("/").status_code == 303
    other = app.test_client()
    other.set_cookie("feldbuch", copied.value)
    assert other.get("/").status_code == 303


def test_wrong_name_and_wrong_password_are_told_alike(client: FlaskClient) -> None:
    wrong = sign_in(client, password="wrong password")
    unknown = sign_in(client, name="nobody", password="wrong password")
    assert wrong.status_code == unknown.status_code == 403
    assert "data-code" not in wrong.text
    reason = "Name oder Passwort ist falsch."
    assert reason in wrong.text
    assert reason in unknown.text


def test_failures_slow_the_next_try_down(client: FlaskClient) -> None:
    for _ in range(RULES["name"].free):
        assert sign_in(client, password="wrong password").status_code == 403
    refused = sign_in(client)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1


def test_waits_grow_to_a_limit_and_memory_is_bounded() -> None:
    time = [0.0]
    attempts = Attempts(lambda: time[0])
    waits = []
    for _ in range(20):
        wait = attempts.begin("anna", "10.0.0.1")
        while wait:
            waits.append(wait)
            time[0] += wait
            wait = attempts.begin("anna", "10.0.0.1")
    assert waits[:4] == [1, 2, 4, 8]
    assert max(waits) <= RULES["address"].longest
    for number in range(KEPT):
        attempts.begin(f"name-{number}", f"address-{number}")
    assert len(attempts._failures) == KEPT


@pytest.mark.parametrize(("proxies", "status"), [(1, 303), (0, 429)])
def test_behind_a_proxy_a_strangers_failures_are_nobody_elses(
    made_once: Settings, tmp_path: Path, proxies: int, status: int
) -> None:
    shutil.copytree(made_once.place, tmp_path / "place")
    app = create_app(replace(made_once, place=tmp_path / "place", proxies=proxies))
    try:
        stranger, person = app.test_client(), app.test_client()
        # Whoever is before the proxy may write the header too: only the proxy's own addition is believed.
        stranger.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.7, 203.0.113.9"
        person.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.7"
        for number in range(RULES["address"].free):
            sign_in(stranger, f"nobody-{number}", "a wrong password")
        assert sign_in(stranger, "nobody", "a wrong password").status_code == 429
        assert sign_in(person).status_code == status
    finally:
        close(app)


def test_success_is_forgiven_by_name_only() -> None:
    attempts = Attempts(lambda: 0.0)
    for number in range(RULES["address"].free):
        assert attempts.begin(f"stranger-{number}", "10.0.0.1") == 0
    assert attempts.begin("anna", "10.0.0.1") > 0
    assert attempts.begin("anna", "10.0.0.2") == 0
    attempts.succeeded("anna", "10.0.0.2")
    assert ("name", "anna") not in attempts._failures


def test_a_post_without_the_token_changes_nothing(app: Flask, signed_in: FlaskClient) -> None:
    posts = [each for each in app.url_map.iter_rules() if each.endpoint.startswith("desk.")]
    paths = {each.rule.replace("<form>", "f") for each in posts if "POST" in (each.methods or ())}
    assert len(paths) == 8
    for path in paths:
        assert signed_in.post(path, data={"language": "en"}).status_code == 400
        assert signed_in.post(path, data={"csrf_token": "forged", "language": "en"}).status_code == 400
    assert signed_in.get("/").status_code == 200


def test_a_post_from_another_page_is_refused_even_with_the_token(signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/").text)
    for site, status in (("cross-site", 400), ("same-site", 400), ("same-origin", 303)):
        answer = signed_in.post("/sign-out", data={"csrf_token": token}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == status


def test_a_new_password_ends_the_other_sessions(app: Flask, signed_in: FlaskClient) -> None:
    other = app.test_client()
    sign_in(other)
    token = token_of(signed_in.get("/account").text)
    new = {"csrf_token": token, "old": PASSWORD, "new": "another long password", "again": "another long password"}
    assert signed_in.post("/account", data={**new, "again": "something else here"}).status_code == 400
    assert signed_in.post("/account", data={**new, "old": "wrong"}).status_code == 403
    assert signed_in.post("/account", data={**new, "new": "short", "again": "short"}).status_code == 400
    assert other.get("/").status_code == 200
    assert signed_in.post("/account", data=new).status_code == 303
    assert signed_in.get("/").status_code == 200
    assert other.get("/").status_code == 303
    assert sign_in(other, password="another long password").status_code == 303


def test_sessions_end_when_the_session_key_changes_and_after_their_time(
    app: Flask, signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.end_sessions(place_of(app), NAME)
    assert signed_in.get("/").status_code == 303
    sign_in(signed_in)
    with signed_in.session_transaction() as session:
        session["since"] -= 12 * 3600 + 1
    assert signed_in.get("/").status_code == 303


def test_the_password_rests_as_argon2id_and_unknown_names_cost_the_same(app: Flask) -> None:
    place = place_of(app)
    row = users._row(place, NAME)
    assert row is not None
    assert row.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert users.NOBODY.split("$")[:4] == row.password_hash.split("$")[:4]
    assert [len(each) for each in users.NOBODY.split("$")] == [len(each) for each in row.password_hash.split("$")]
    assert users.verify(place, "nobody", PASSWORD) is None
    assert users.verify(place, NAME.upper(), PASSWORD) is not None


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("", PASSWORD, "user.name.form"),
        ("<b>", PASSWORD, "user.name.form"),
        (NAME.upper(), PASSWORD, "user.name.taken"),
        ("new", "x" * 11, "user.password.short"),
        ("new", "x" * 257, "user.password.long"),
    ],
)
def test_users_are_added_with_care(app: Flask, name: str, password: str, code: str) -> None:
    with pytest.raises(CodedError) as caught:
        users.add_user(place_of(app), name, password)
    assert caught.value.code == code


def test_signing_in_never_leads_away(client: FlaskClient) -> None:
    for target in (
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ):
        assert sign_in(client, next=target).headers["Location"] == "/"
        client.delete_cookie("feldbuch")


def test_any_text_is_answered_with_a_page(client: FlaskClient) -> None:
    for text in ("\x00", "x" * 100_000, "' OR 1=1 --", "ä" * 300, "<script>"):
        answer = sign_in(client, name=text, password=text, next=text)
        assert answer.status_code == 403
        assert "<script>" not in answer.text
    assert client.post("/sign-in", data=b"\xff\xfe=%ff&csrf_token=%00").status_code == 400
    assert client.post("/sign-in", data={"csrf_token": "x", "name": "x" * 3_000_000}).status_code == 413
