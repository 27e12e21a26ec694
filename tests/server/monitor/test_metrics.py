"""Metrics: behind a token, as Prometheus reads them, those of the page and no others, moved by what arrives."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, insert, text

from server.app import create_app
from server.errors.error import CodedError
from server.opening import place_of
from server.services.collect.receipts import MARKS, current_epoch
from server.services.collect.settling import Wish, settle
from server.services.monitor import metrics
from server.services.monitor.figures import read_figures
from server.storage.items import Item as ItemRow
from server.storage.keyfiles import METRICS_TOKEN, METRICS_TOKEN_SIZE, write_key
from server.storage.writer import Writer
from sync.envelope.item import Item
from tests.field import INTERVIEWER, FieldDevice, Study

PAGE = Path(__file__).resolve().parents[3] / "deploy" / "docs" / "operations.md"
ROW = re.compile(r"^\| `((?:feldbuch|process)_[a-z_]+)` \|([^|]*)\|", re.MULTILINE)
ONLY_WITH_BACKUP = {"feldbuch_backup_age_seconds"}


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Study]:
    study = Study.central(tmp_path / "central")
    yield study
    study.close()


@pytest.fixture
def node(tmp_path: Path, central: Study) -> Iterator[Study]:
    study = Study.node(tmp_path / "node", central)
    yield study
    study.close()


@pytest.fixture
def observed() -> Iterator[Callable[[Study], tuple[Flask, str]]]:
    """The application of a study with a token, made anew; and the token."""
    apps = []

    def make(study: Study) -> tuple[Flask, str]:
        token = secrets.token_urlsafe(32)
        write_key(study.place.settings.keys, METRICS_TOKEN, token.encode())
        app = create_app(study.place.settings)
        apps.append(app)
        return app, token

    yield make
    for app in apps:
        place_of(app).writer.close()
        place_of(app).engine.dispose()


def families(app: Flask, token: str) -> dict[str, Metric]:
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    return {each.name: each for each in text_string_to_metric_families(answer.text)}


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    (sample,) = [each for each in found[name].samples if each.labels == labels and not each.name.endswith("_created")]
    return sample.value


def test_without_a_token_there_is_no_such_page(central: Study) -> None:
    answer = central.client().get("/metrics")
    assert answer.status_code == 404
    assert "feldbuch_" not in answer.text


@pytest.mark.parametrize(
    "given", [None, "", "Bearer ", "Bearer wrong", "Basic TOKEN", "bearerTOKEN", "Bearer TOKENx", "Bearer ä"]
)
def test_a_request_without_the_token_is_refused_and_told_nothing(
    central: Study, observed: Callable[[Study], tuple[Flask, str]], given: str | None
) -> None:
    app, token = observed(central)
    headers = {} if given is None else {"Authorization": given.replace("TOKEN", token)}
    answer = app.test_client().get("/metrics", headers=headers)
    assert (answer.status_code, answer.text) == (401, "")


def test_a_token_that_others_can_read_stops_the_place(central: Study) -> None:
    keys = central.place.settings.keys
    write_key(keys, METRICS_TOKEN, b"x" * METRICS_TOKEN_SIZE)
    (keys / METRICS_TOKEN).chmod(0o644)
    with pytest.raises(CodedError, match=re.escape("key.open_to_others")):
        create_app(central.place.settings)


def test_the_page_lists_what_there_is(
    central: Study, node: Study, observed: Callable[[Study], tuple[Flask, str]]
) -> None:
    written = {
        name: {part.strip(" `") for part in parts.split(",")} - {""}
        for name, parts in ROW.findall(PAGE.read_text("utf-8"))
    }
    device = FieldDevice(central)
    central.introduce(device)
    found: dict[str, set[str]] = {}
    for study in (central, node):
        app, token = observed(study)
        session = device.open_session(app.test_client()) if study is central else None
        if session is not None:
            device.deliver(app.test_client(), session, [device.seal(b"answers")])
        place_of(app).writer.run(lambda connection: None)
        families(app, token)
        for name, family in families(app, token).items():
            labels = {label for sample in family.samples for label in sample.labels}
            if not name.endswith("_created"):
                name += "_total" if family.type == "counter" else ""
                found.setdefault(name, set()).update(labels - {"le"})
    rules = (PAGE.parents[1] / "prometheus" / "feldbuch.rules.yml").read_text("utf-8")
    used = {name.removesuffix("_count") for name in re.findall(r"feldbuch_[a-z_]+", rules)}
    assert used <= written.keys()
    assert found.keys() | ONLY_WITH_BACKUP | {"feldbuch_oldest_unsafe_age_seconds"} == written.keys()
    for name in found.keys() - {"feldbuch_contact_age_seconds", "feldbuch_tablets"}:
        assert found[name] == written[name], name


def test_counters_move_when_an_item_arrives(
    central: Study, observed: Callable[[Study], tuple[Flask, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "CACHE_SECONDS", -1.0)
    app, token = observed(central)
    device = FieldDevice(central)
    central.introduce(device)
    client = app.test_client()
    session = device.open_session(client)
    before = families(app, token)
    item = device.seal(b"answers")
    for _ in range(3):  # the second goes the short way; the same item again changes no count of items
        device.deliver(client, session, [item])
    after = families(app, token)
    assert value(after, "feldbuch_items", state="held") - value(before, "feldbuch_items", state="held") == 1
    assert value(after, "feldbuch_item_bytes") - value(before, "feldbuch_item_bytes") == len(item.body)
    assert value(after, "feldbuch_receipt_seq") == value(after, "feldbuch_receipts_not_durable") == 1
    assert value(after, "feldbuch_durable_seq") == 0
    assert value(after, "feldbuch_tablets", site="duisburg", contact="recent") == 1
    assert value(after, "feldbuch_alarms", code="no_target") == 1
    routes = [each for each in after["feldbuch_request_seconds"].samples if each.name.endswith("_count")]
    assert {each.labels["route"]: each.value for each in routes}["/sync/batch"] == 3
    commits = {each.name: each.value for each in after["feldbuch_writer_commit_seconds"].samples}
    assert commits["feldbuch_writer_commit_seconds_count"] >= 2
    shown = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"}).text
    for private in (device.id, INTERVIEWER, "uuid:", item.hash):
        assert private not in shown


def test_a_node_tells_what_it_has_not_delivered(
    central: Study, node: Study, observed: Callable[[Study], tuple[Flask, str]]
) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    app, token = observed(node)
    client = app.test_client()
    device.deliver(client, device.open_session(client), [device.seal(b"one"), device.seal(b"two")])
    found = families(app, token)
    assert value(found, "feldbuch_items_forward", state="queued") == 2
    assert "feldbuch_receipt_seq" not in found
    assert 0 <= value(found, "feldbuch_oldest_unsafe_age_seconds") < 60
    later = replace(place_of(app), now=lambda: node.place.now() + timedelta(hours=5))
    age = read_figures(later).oldest_age
    assert age is not None
    assert 5 * 3600 <= age < 5 * 3600 + 60


def test_the_oldest_that_is_not_safe_does_not_jump_when_something_is_settled(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    late, times = FieldDevice(central), iter(range(10, 0, -1))
    start = central.place.now()

    def arrive(sender: FieldDevice, instance: str) -> Item:
        at = start - timedelta(days=next(times))
        object.__setattr__(central.place, "now", lambda: at)
        item = sender.seal(instance=instance)
        central.intake.receive(sender.carrier, [item])
        return item

    def age() -> float | None:
        found = read_figures(replace(central.place, now=lambda: start)).oldest_age
        return None if found is None else found / 86400

    arrive(device, "uuid:1")
    conflict = arrive(device, "uuid:1")
    waiting = arrive(late, "uuid:2")
    with central.place.engine.connect() as connection:
        epoch = current_epoch(connection)
    mark = {"epoch": epoch, "durable_seq": 2, "document": b"", "received_at": start}
    central.run(lambda connection: connection.execute(insert(MARKS).values(mark)) and None)
    assert age() is None
    wish = Wish(conflict.hash, "held", "asked her", "anna")
    central.run(lambda connection: settle(connection, central.book, wish, start))
    assert age() is None, "it lies in a backup, by its first receipt"
    arrive(device, "uuid:3")
    assert age() == pytest.approx(7)
    central.introduce(late)
    assert central.rows(ItemRow)[2].hash == waiting.hash
    assert age() == pytest.approx(8), "the oldest one, though its number is higher"


def test_whoever_asks_often_makes_the_database_count_once(
    central: Study, observed: Callable[[Study], tuple[Flask, str]]
) -> None:
    app, token = observed(central)
    asked: list[str] = []
    engine = place_of(app).engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for _ in range(5):
        families(app, token)
    assert len([each for each in asked if "GROUP BY item.state" in each]) == 1


def test_what_is_counted_by_the_item_is_counted_from_indexes(central: Study) -> None:
    plans = []
    with central.place.engine.connect() as connection:
        asked: list[tuple[str, object]] = []
        event.listen(central.place.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
        read_figures(central.place)
        for statement, parameters in [each for each in asked if "FROM item" in each[0]]:
            rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)  # type: ignore[arg-type]
            plans += [row[3] for row in rows if "item" in row[3]]
    assert plans
    assert all("USING" in each and "INDEX" in each for each in plans), plans


def test_the_writer_goes_on_where_nobody_watches_it(central: Study) -> None:
    writer = Writer(central.place.engine)
    told: list[int] = []
    writer.run(lambda connection: connection.execute(text("SELECT 1")) and None)
    writer.watch(lambda seconds, operations: told.append(operations))
    writer.run(lambda connection: connection.execute(text("SELECT 1")) and None)
    writer.close()
    assert told == [1]
