"""Records that go back to a tablet: what is sealed, for whom, who gets none, and what settles it."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from server.cli.record import record
from server.errors.catalogue import catalogue
from server.errors.error import CodedError
from server.services.collect.contents import get_content
from server.services.collect.devices import DeviceFacts, introduce_further
from server.services.collect.rounds import run_round
from server.services.monitor.journey import read_instances
from server.services.study.returning.listing import comments_of, list_returns
from server.services.study.returning.sending import MAX_FILE_SIZE, Returning, Sent, Wish
from server.settings import read_settings
from server.storage.carriers import Content
from server.storage.returns import RETURNS
from server.vault.audit import AUDIT_FILE
from server.vault.process import vault_of
from sync.envelope.keys import key_id, recipient_public_bytes
from sync.envelope.parcel import Addressee, Comment, Parcel, open_parcel
from sync.envelope.record import Outcome
from tests.field import INTERVIEWER, STUDY, FieldDevice, Study
from tests.server.export.conftest import FORM, Collected

ANSWERS = (
    "<place>Varna</place><photo>flat.jpg</photo><member><name>Ana</name></member><member><name>Ion</name></member>"
)
CARD = "YXWTRQPNMKJ3"
SAID = (Comment("Which flat?"), Comment("Who is Ion?", "/data/member[2]/name"))


def tablet(collected: Collected, **facts: Any) -> tuple[FieldDevice, bytes]:
    """A tablet that enrolled: introduced with an encryption key, whose private half the test holds."""
    device = collected.new_device(introduced=False)
    seed = secrets.token_bytes(32)
    device.encryption_key = recipient_public_bytes(seed)
    for name, value in facts.items():
        setattr(device, name, value)
    collected.study.introduce(device)
    return device, seed


def send(collected: Collected, grant: Any, instance: str = "uuid:1", **changes: Any) -> Sent:
    wish = {"comments": SAID, "by": "mara", **changes}
    return Returning(collected.place, collected.vault, grant).send(Wish(instance, **wish))


def refused(code: str, *arguments: Any, **changes: Any) -> None:
    with pytest.raises(CodedError) as caught:
        send(*arguments, **changes)
    assert caught.value.code == code
    assert code in catalogue()


def entries(collected: Collected, device: FieldDevice) -> list[dict[str, Any]]:
    """What stands in the tablet's own chain of what was sent back."""
    with collected.place.engine.connect() as connection:
        found = collected.study.feed.all_of(connection, f"device:{device.id}", "return")
    return [json.loads(each)["body"] for each in found]


def opened(collected: Collected, device: FieldDevice, seed: bytes, interviewer: str = INTERVIEWER) -> Parcel:
    """The newest parcel of a tablet, as the tablet opens it."""
    entry = entries(collected, device)[-1]
    with collected.place.engine.connect() as connection:
        content = get_content(connection, entry["parcel"]["hash"])
    assert content is not None
    assert len(content[1]) == entry["parcel"]["size"]
    assert entry["key"] == key_id(recipient_public_bytes(seed))
    return open_parcel(content[1], entry["id"], Addressee(STUDY, device.id, interviewer), seed)


def reviews(collected: Collected, device: FieldDevice) -> dict[str, str | None]:
    """What the page of a tablet says of each record."""
    return {line.instance: line.review for line in read_instances(collected.place, device.id)}


def test_a_record_goes_back_whole_and_to_whom_it_came_from(collected, grant, template):
    device, seed = tablet(collected)
    large = b"x" * (MAX_FILE_SIZE + 1)
    photos = {"flat.jpg": b"flat", "large.jpg": large, "late.jpg": b"late"}
    collected.collect("uuid:1", ANSWERS, photos=photos, withheld=("late.jpg",), device=device, card=CARD)
    sent = send(collected, grant)
    parcel = opened(collected, device, seed)
    assert (sent.id, sent.instance, sent.device, sent.interviewer) == (parcel.id, "uuid:1", device.id, INTERVIEWER)
    assert sent.stayed == ("large.jpg", "late.jpg")
    assert dict(parcel.files) == {"flat.jpg": b"flat"}
    assert (parcel.kind, parcel.by, parcel.comments, parcel.purpose) == ("has_issues", "mara", SAID, "real")
    assert (parcel.instance, parcel.form.id, parcel.form.version) == ("uuid:1", FORM, collected.first)
    assert (parcel.record.card, parcel.record.language, len(parcel.record.attachments)) == (CARD, "en", 3)
    assert ANSWERS in parcel.record.instance_xml
    # Neither the entry nor anything in the database tells what was answered or said.
    assert set(entries(collected, device)[0]) == {"id", "key", "parcel"}
    database = b"".join(each.read_bytes() for each in collected.place.settings.place.glob("feldbuch.db*"))
    assert b"Which flat?" not in database
    # The opening is in the vault's log, with the name of who asked.
    log = map(json.loads, (read_settings(template.folder).vault / AUDIT_FILE).read_text().splitlines())
    assert ("open", "mara") in {(each["what"], each["by"]) for each in log if each.get("instance") == "uuid:1"}
    [line] = list_returns(collected.place)
    assert (line.answered_by, line.device, line.instance) == (None, device.id, "uuid:1")
    assert comments_of(collected.place, collected.vault, grant, line.id) == list(SAID)


def test_the_newest_version_goes_back_and_a_new_one_settles_it(collected, grant):
    device, seed = tablet(collected)
    collected.collect("uuid:1", ANSWERS, device=device)
    send(collected, grant)
    assert reviews(collected, device) == {"uuid:1": "sent_back"}
    collected.collect("uuid:2", ANSWERS.replace("Varna", "Burgas"), device=device, replaces="uuid:1")
    assert [line.answered_by for line in list_returns(collected.place)] == ["uuid:2"]
    assert reviews(collected, device) == {"uuid:1": "corrected", "uuid:2": None}
    assert send(collected, grant, "uuid:1").instance == "uuid:2"
    assert "Burgas" in opened(collected, device, seed).record.instance_xml
    assert [line.answered_by for line in list_returns(collected.place, "uuid:2")] == [None]


def test_another_tablet_may_correct_what_was_sent_to_it_and_nothing_else(collected, grant):
    first, _ = tablet(collected)
    other, seed = tablet(collected, interviewer="I-08")
    collected.collect("uuid:1", ANSWERS, device=first)
    collected.collect("uuid:9", ANSWERS, device=other, replaces="uuid:1")
    # Nobody else reads it unasked, also not whoever is alone on the other tablet.
    refused("return.interviewer", collected, grant, to=other.id)
    assert send(collected, grant, to=other.id, interviewer="I-08").interviewer == "I-08"
    assert opened(collected, other, seed, "I-08").instance == "uuid:1"
    # What the other tablet had sent before it was asked is no correction.
    assert list_returns(collected.place)[0].answered_by is None
    collected.collect("uuid:2", ANSWERS, device=other, replaces="uuid:1")
    assert list_returns(collected.place)[0].answered_by == "uuid:2"


def test_a_return_of_one_record_gives_no_right_to_another(collected, grant):
    first, _ = tablet(collected)
    other, _ = tablet(collected, interviewer="I-08")
    collected.collect("uuid:1", ANSWERS, device=first)
    collected.collect("uuid:8", ANSWERS, device=other)
    send(collected, grant, "uuid:8")
    collected.collect("uuid:9", ANSWERS, device=other, replaces="uuid:1")
    assert reviews(collected, first) == {"uuid:1": None}
    # A copy that was sent for a new tablet asks for no correction either.
    unasked = update(RETURNS).values(kind="unfinished", instance="uuid:1")
    collected.study.run(lambda connection: connection.execute(unasked))
    collected.collect("uuid:10", ANSWERS, device=other, replaces="uuid:1")
    assert reviews(collected, first) == {"uuid:1": None}


def test_a_further_interviewer_has_a_key_of_their_own(collected, grant):
    device, _ = tablet(collected)
    seed = secrets.token_bytes(32)
    study = collected.study
    facts = DeviceFacts(
        device.id, device.site, "I-08", "tablet", device.public, recipient_public_bytes(seed), b"recovery"
    )
    now = study.place.now()
    study.run(lambda connection: introduce_further(connection, study.feed, study.book, facts, now))
    collected.collect("uuid:1", ANSWERS, device=device, interviewer="I-08")
    assert send(collected, grant).interviewer == "I-08"
    assert opened(collected, device, seed, "I-08").instance == "uuid:1"


def test_who_gets_nothing(collected, grant, template):
    device, _ = tablet(collected)
    collected.collect("uuid:1", ANSWERS, device=device)
    collected.collect("uuid:3", "<place/>", device=device, outcome=Outcome("refused"))
    refused("return.unknown", collected, grant, "uuid:0")
    refused("return.finished", collected, grant, unfinished=True)
    refused("return.refused", collected, grant, "uuid:3")
    refused("return.comment", collected, grant, comments=(Comment(" \n"),))
    refused("return.comment", collected, grant, comments=())
    refused("return.comment.long", collected, grant, comments=(Comment("x" * 2000),) * 9)
    log = read_settings(template.folder).vault / AUDIT_FILE
    before = log.read_bytes()
    for wrong in ({"comments": (Comment("f\udcfcnf"),)}, {"comments": (Comment("?", "f\udcfc"),)}, {"by": "\udcff"}):
        refused("return.encoding", collected, grant, **wrong)
    refused("return.encoding", collected, grant, interviewer="\udcff")
    assert log.read_bytes() == before
    for path in ("/data/nothing", "member[3]/name", "/other/place", "/data", "", "member[0]/name", "place/"):
        refused("return.path", collected, grant, comments=(Comment("?", path),))
    refused("envelope.parcel.malformed", collected, grant, comments=(Comment("x" * 2001),))
    refused("device.unknown", collected, grant, to="b" * 32)
    refused("return.key.missing", collected, grant, interviewer="I-99")
    by_hand = collected.new_device(introduced=False)
    by_hand.encryption_key = None
    collected.study.introduce(by_hand)
    refused("return.key.missing", collected, grant, to=by_hand.id)
    collected.study.revoke(device)
    refused("return.device.revoked", collected, grant)
    waiting = collected.new_device(introduced=False)
    assert collected.collect("uuid:4", ANSWERS, device=waiting) == ["waiting"]
    refused("return.unknown", collected, grant, "uuid:4")
    collected.vault.lock(grant)
    other, _ = tablet(collected)
    refused("vault.locked", collected, grant, to=other.id)
    assert entries(collected, device) == entries(collected, other) == []
    assert list_returns(collected.place) == []


def test_an_unfinished_interview_comes_to_a_new_tablet(collected, grant):
    drowned, _ = tablet(collected)
    other, seed = tablet(collected, interviewer="I-08")
    collected.collect("uuid:1", ANSWERS, device=drowned, part="c1")
    refused("return.unfinished", collected, grant)
    refused("return.interviewer", collected, grant, unfinished=True, to=other.id, comments=())
    send(collected, grant, unfinished=True, to=other.id, interviewer="I-08", comments=())
    parcel = opened(collected, other, seed, "I-08")
    assert (parcel.kind, parcel.instance, parcel.comments) == ("unfinished", "uuid:1", ())
    assert list_returns(collected.place)[0].answered_by is None
    collected.collect("uuid:1", ANSWERS, device=other)
    assert list_returns(collected.place)[0].answered_by == "uuid:1"


@pytest.mark.parametrize("wrong", [None, "names nothing", "signed by a stranger", "sent to a third"])
def test_a_correction_that_was_under_way_counts_where_it_is_taken_up(collected, grant, wrong):
    drowned, _ = tablet(collected)
    other, _ = tablet(collected)
    third, _ = tablet(collected)
    collected.collect("uuid:1", ANSWERS, device=drowned)
    signer = third if wrong == "signed by a stranger" else drowned
    named = {} if wrong == "names nothing" else {"replaces": "uuid:1"}
    collected.collect("uuid:2", ANSWERS, device=signer, part="c1", **named)
    to = third if wrong == "sent to a third" else other
    send(collected, grant, "uuid:2", unfinished=True, to=to.id, comments=())
    collected.collect("uuid:2", ANSWERS, device=other, replaces="uuid:1")
    assert reviews(collected, drowned)["uuid:1"] == ("corrected" if wrong is None else None)


def test_a_node_relays_what_it_cannot_open(collected, grant, tmp_path):
    device, _ = tablet(collected)
    collected.collect("uuid:1", ANSWERS, device=device, photos={"flat.jpg": b"flat"})
    sent = send(collected, grant)
    node = Study.node(tmp_path / "node", collected.study)
    asked: list[str] = []
    try:
        collected.study.admit(node)
        assert run_round(node.place, collected.study.transport()).alarm is None
        client = node.client()
        session = device.open_session(client)
        answer = client.post("/sync/feed", json={"after": {}, "limit": 500}, headers=session).get_json()
        [entry] = [each["body"] for each in answer["entries"] if each["kind"] == "return"]
        content = client.get(f"/sync/content/{entry['parcel']['hash']}", headers=session)
        assert (content.status_code, len(content.data)) == (200, sent.size)
        # Whoever was revoked hears so, and gets nothing that was sent back before: nobody holds it any more.
        collected.study.revoke(device)
        assert entry["parcel"]["hash"] not in {row.hash for row in collected.study.rows(Content)}
        transport = collected.study.transport()
        transport.content = asked.append  # type: ignore[method-assign]
        assert run_round(node.place, transport).alarm is None
        assert entry["parcel"]["hash"] not in {row.hash for row in node.rows(Content)}
        assert asked == []
        session = device.open_session(client)
        refusal = client.get(f"/sync/content/{entry['parcel']['hash']}", headers=session)
        assert refusal.get_json()["error"]["code"] == "device.revoked"
    finally:
        node.close()


def test_the_command_line(collected, grant, template, monkeypatch):
    device, seed = tablet(collected)
    collected.collect("uuid:1", ANSWERS, device=device)
    monkeypatch.setenv("FELDBUCH_PLACE", str(collected.place.settings.place))
    monkeypatch.setenv("FELDBUCH_GRANT", grant.token)
    monkeypatch.setattr("server.cli.record.vault_of", lambda _settings: vault_of(read_settings(template.folder)))
    said = ("--comment", "Which flat?", "--question", "member[2]/name", "Who is Ion?", "--by", "Mara K.")
    told = CliRunner().invoke(record, ["return", "uuid:1", *said], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    assert "uuid:1" in told.output
    parcel = opened(collected, device, seed)
    assert (parcel.by, parcel.comments) == ("Mara K.", SAID)
    listed = CliRunner().invoke(record, ["returns", "--json"], catch_exceptions=False)
    assert [each["instance"] for each in json.loads(listed.output)] == ["uuid:1"]
    assert "waits for an answer" in CliRunner().invoke(record, ["returns"], catch_exceptions=False).output
    shown = CliRunner().invoke(record, ["comments", "uuid:1"], catch_exceptions=False).output
    assert "/data/member[2]/name: Who is Ion?" in shown
