"""The page on which a person decides of what is kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.services.operate.users import add_user
from server.storage.items import Item
from server.storage.settlements import Settlement
from sync.envelope.cover import cover_hash
from sync.envelope.item import Item as SealedItem
from tests.field import FieldDevice, Study
from tests.server.desk.places import HOSTILE, NAME, PASSWORD, sign_in, token_of


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    study = Study.central(tmp_path / "central", languages=("de", "en"))
    add_user(study.place, NAME, PASSWORD)
    yield study
    study.close()


@pytest.fixture
def copies(study: Study) -> tuple[SealedItem, SealedItem]:
    device = FieldDevice(study)
    study.introduce(device)
    client = study.client()
    made = device.seal(b"one", instance="uuid:1"), device.seal(b"two", instance="uuid:1")
    device.deliver(client, device.open_session(client), made)
    return made


@pytest.fixture
def desk(study: Study) -> FlaskClient:
    client = study.client()
    assert sign_in(client).status_code == 303
    return client


def decide(desk: FlaskClient, item: SealedItem, decision: str, reason: str) -> tuple[int, str]:
    token = token_of(desk.get("/settling").text)
    values = {"csrf_token": token, "item": cover_hash(item.cover), "decision": decision, "reason": reason}
    answer = desk.post("/settling", data=values)
    return answer.status_code, answer.text


def test_a_copy_is_chosen_and_the_choice_can_be_taken_back(
    study: Study, copies: tuple[SealedItem, SealedItem], desk: FlaskClient
) -> None:
    first, second = copies
    assert 'href="/settling"' in desk.get("/").text, "the alarm leads here"
    page = desk.get("/settling").text
    assert f'data-apart="{cover_hash(second.cover)}"' in page
    assert "zwei verschiedene Fassungen" in page
    assert "zählt" in page
    assert decide(desk, second, "held", f"So sagt sie {HOSTILE}")[0] == 303
    page = desk.get("/settling").text
    assert f'data-aside="{cover_hash(first.cover)}"' in page
    assert HOSTILE not in page
    assert "So sagt sie &lt;script&gt;" in page
    assert [row.by for row in study.rows(Settlement)] == [NAME, NAME]
    assert decide(desk, first, "held", "doch nicht")[0] == 303
    assert [row.state for row in study.rows(Item)] == ["held", "aside"]


def test_a_file_that_came_late_says_why_it_is_there(study: Study, desk: FlaskClient) -> None:
    device = FieldDevice(study)
    study.introduce(device)
    client = study.client()
    session = device.open_session(client)
    first, second = device.seal(b"one", instance="uuid:1"), device.seal(b"two", instance="uuid:1")
    device.deliver(client, session, [first, second])
    assert decide(desk, second, "held", "So sagt sie")[0] == 303
    late = device.seal(instance="uuid:1", part="a1")
    device.deliver(client, session, [late])
    page = desk.get("/settling").text
    assert f'data-apart="{cover_hash(late.cover)}"' in page
    assert "war schon beiseitegelegt, als diese Datei ankam" in page
    assert decide(desk, late, "aside", "gehört zur ersten")[0] == 303
    assert [row.state for row in study.rows(Item)] == ["aside", "held", "aside"]


def test_what_cannot_be_decided_is_said_and_changes_nothing(
    study: Study, copies: tuple[SealedItem, SealedItem], desk: FlaskClient
) -> None:
    first, second = copies
    for item, decision, reason, status, said in (
        (second, "held", " ", 422, "braucht einen Grund"),
        (first, "aside", "weg damit", 409, "nichts zu entscheiden"),
        (second, "deleted", "weg damit", 400, ""),
    ):
        code, page = decide(desk, item, decision, reason)
        assert code == status
        assert said in page
    assert [row.state for row in study.rows(Item)] == ["held", "conflict"]
    assert study.rows(Settlement) == []
