"""Exports: every answer and every byte as it was given, what is missing is said, and a failure leaves nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
import zipfile
from decimal import Decimal

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

import server.export.records as records_module
from forms.errors import Code
from server.cli.export import export
from server.errors.catalogue import catalogue
from server.errors.error import CodedError
from server.export.csv import CsvTable, cell
from server.export.package import ExportOptions, export_folder, export_zip
from server.export.records import Records
from server.export.tables import Columns
from server.place import Place
from server.services.monitor.journey import read_copies, read_instances
from server.storage.items import IntakeKey, Item
from server.storage.returns import RETURNS
from server.vault.address import SOCKET_FILE
from server.vault.client import VaultClient
from server.vault.process import start_vault, stop_vault
from sync.envelope.record import Attachment, Kept, Outcome
from tests.server.export.conftest import FIRST, FORM, PASSPHRASE, SECOND

ANSWERS = (
    "<place>Duisburg, &quot;Marxloh&quot;\nzwei Zeilen; =1+1 Ще</place><why>family work</why>"
    "<where>51.50 6.75 31.0 4.5</where><photo>flat.jpg</photo>"
    "<member><name>Ana</name><age>34</age></member><member><name>Ion</name><age/></member>"
)
PHOTO = random.Random(1).randbytes(700_000)


def code_of(call, *arguments, **named):
    with pytest.raises(CodedError) as caught:
        call(*arguments, **named)
    assert caught.value.code in catalogue()
    return caught.value.code


def unzip(pieces) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows(data: bytes) -> list[dict[str, str]]:
    assert not data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def exported(collected, grant, **options) -> dict[str, bytes]:
    return unzip(export_zip(collected.place, collected.vault, grant, FORM, ExportOptions(**options)))


def report_of(files: dict[str, bytes]) -> dict:
    return json.loads(files["report.json"])


def test_every_answer_and_the_photos_bytes_come_out_as_they_were_given(collected, grant):
    assert collected.collect("uuid:1", ANSWERS, photos={"flat.jpg": PHOTO}) == ["held", "held"]
    assert collected.collect("uuid:2", "<place/>") == ["held"]
    files = exported(collected, grant)
    assert set(files) == {"visit.csv", "visit-member.csv", "media/uuid_1/flat.jpg", "report.json"}
    assert files["media/uuid_1/flat.jpg"] == PHOTO
    first, second = rows(files["visit.csv"])
    assert {name: first[name] for name in first if not name.startswith("__received")} == {
        "instance_id": "uuid:1",
        "instance_name": "",
        "form_version": collected.first,
        "__site": "duisburg",
        "__interviewer": "I-07",
        "__device": collected.device.id,
        "__finished_at": "2026-03-01T10:00:00Z",
        "__language": "en",
        "__purpose": "real",
        "__state": "held",
        "__replaces": "",
        "__replaced_by": "",
        "__outcome": "complete",
        "__outcome_reason": "",
        "__case": "",
        "place": 'Duisburg, "Marxloh"\nzwei Zeilen; =1+1 Ще',
        "why": "family work",
        "why/work": "1",
        "why/family": "1",
        "where-latitude": "51.50",
        "where-longitude": "6.75",
        "where-altitude": "31",
        "where-accuracy": "4.5",
        "photo": "flat.jpg",
    }
    assert (second["instance_id"], second["place"], second["why/work"]) == ("uuid:2", "", "")
    members = [tuple(row.values()) for row in rows(files["visit-member.csv"])]
    assert members == [("uuid:1", "1", "1", "1", "Ana", "34"), ("uuid:1", "2", "1", "2", "Ion", "")]
    report = report_of(files)
    assert report["counts"]["records"] == 2
    assert report["counts"]["attachments"] == 1
    assert report["missing"] == report["unreadable"] == report["leftovers"] == []


def test_versions_stand_side_by_side(collected, grant):
    second = collected.publish(SECOND)
    collected.collect("uuid:1", ANSWERS)
    collected.collect("uuid:2", "<place>Varna</place><rent>350.50</rent>", version=second)
    files = exported(collected, grant)
    found = {row["instance_id"]: row for row in rows(files["visit.csv"])}
    assert (found["uuid:1"]["rent"], found["uuid:2"]["rent"]) == ("", "350.50")
    assert (found["uuid:1"]["form_version"], found["uuid:2"]["form_version"]) == (collected.first, second)
    assert set(report_of(files)["versions"]) == {collected.first, second}


def test_what_changed_between_versions_stands_apart_and_is_told(collected, grant):
    questions = [
        {
            "type": "integer",
            "name": "place",
            "label": {"en": "Place"},
            "constraint": ". < 10 or today() > '2020-01-01'",
        },
        {"type": "integer", "name": "rooms", "label": {"en": "Rooms"}, "missing": True, "required": True},
        {"type": "select_multiple", "name": "why", "label": {"en": "Why"}, "choices": "reasons", "missing": True},
    ]
    kinds = {"refused": {"code": -98, "label": {"en": "Refused"}}}
    missing = {"label": {"en": "No answer"}, "kinds": kinds}
    second = collected.publish({**FIRST, "questions": questions, "missing": missing})
    collected.collect("uuid:1", "<place>Varna</place>")
    answers = "<place>7</place><rooms_missing>refused</rooms_missing><why_missing>refused</why_missing>"
    collected.collect("uuid:2", answers, version=second)
    collected.collect("uuid:3", "<place/><why>work</why>", version=second)
    files = exported(collected, grant)
    found = {row["instance_id"]: row for row in rows(files["visit.csv"])}
    assert (found["uuid:1"]["place"], found["uuid:1"]["place:text"]) == ("", "Varna")
    assert (found["uuid:2"]["place"], found["uuid:2"]["place:text"]) == ("7", "")
    refused = found["uuid:2"]
    assert [refused[name] for name in ("rooms", "rooms_missing", "why", "why/work")] == ["-98", "refused", "-98", "-98"]
    assert [found["uuid:3"][name] for name in ("rooms", "rooms_missing", "why/work")] == ["", "", "1"]
    report = report_of(files)
    assert [(each["code"], each["params"]["before"]) for each in report["changes"]] == [
        ("answers.type_changed", "text")
    ]
    unchecked = {"code": "answers.unchecked", "path": "/questions/0/constraint", "version": second}
    assert [{key: each[key] for key in unchecked} for each in report["unchecked"]] == [unchecked]
    assert [(each["instance"], each["code"]) for each in report["findings"]] == [("uuid:3", "answer.required")]


def test_only_what_is_real_and_held_is_exported_and_the_rest_is_counted(collected, grant):
    collected.collect("uuid:1", ANSWERS)
    collected.collect("uuid:2", ANSWERS, purpose="training")
    assert collected.collect("uuid:1", "<place>other</place>") == ["conflict"]
    assert collected.collect("uuid:3", ANSWERS, device=collected.new_device(introduced=False)) == ["waiting"]
    revoked = collected.new_device()
    collected.study.revoke(revoked)
    assert collected.collect("uuid:4", ANSWERS, device=revoked) == ["quarantined"]
    files = exported(collected, grant)
    assert [row["instance_id"] for row in rows(files["visit.csv"])] == ["uuid:1"]
    left_out = report_of(files)["counts"]["left_out"]
    assert left_out == {"conflict": 1, "waiting": 1, "quarantined": 1, "training": 1}
    found = rows(exported(collected, grant, training=True)["visit.csv"])
    assert [(row["instance_id"], row["__purpose"]) for row in found] == [("uuid:1", "real"), ("uuid:2", "training")]


def test_the_last_copy_of_an_interview_that_was_never_finished_can_be_brought_back(collected, grant):
    def copy(instance: str, part: str, place: str) -> None:
        assert collected.collect(instance, f"<place>{place}</place><photo>left.jpg</photo>", part=part) == ["held"]

    copy("uuid:1", "c1", "Duisburg")
    copy("uuid:1", "c3", "Hagen")
    copy("uuid:2", "c1", "Varna")
    assert collected.collect("uuid:2", "<place>Burgas</place>") == ["held"]
    copy("uuid:2", "c2", "late")
    files = exported(collected, grant)
    assert [(row["instance_id"], row["place"]) for row in rows(files["visit.csv"])] == [("uuid:2", "Burgas")]
    report = report_of(files)
    assert report["counts"]["left_out"] == {"training": 0, "unfinished": 1}
    assert (report["unlisted"], report["counts"]["instances_without_record"]) == ([], 0)
    files = exported(collected, grant, outcomes=frozenset({"unfinished"}))
    told = [(row["instance_id"], row["__outcome"], row["place"]) for row in rows(files["visit.csv"])]
    assert sorted(told) == [("uuid:1", "unfinished", "Hagen"), ("uuid:2", "complete", "Burgas")]
    (copied,) = read_copies(collected.place, collected.device.id)
    assert copied.instance == "uuid:1"
    (line,) = read_instances(collected.place, collected.device.id)
    assert (line.instance, line.parts) == ("uuid:2", 1)


def test_what_was_broken_off_or_refused_is_kept_apart_and_owes_no_answers(collected, grant):
    required = {"type": "text", "name": "place", "label": {"en": "Place"}, "required": True}
    version = collected.publish({**FIRST, "questions": [required, *FIRST["questions"][1:]]})
    collected.collect("uuid:1", "<place/>", version=version)
    collected.collect("uuid:2", "<place/>", version=version, outcome=Outcome("partial", "tired"))
    collected.collect("uuid:3", "", version=version, outcome=Outcome("refused"))
    files = exported(collected, grant)
    assert [row["instance_id"] for row in rows(files["visit.csv"])] == ["uuid:1"]
    assert report_of(files)["counts"]["left_out"] == {"training": 0, "partial": 1, "refused": 1}
    files = exported(collected, grant, outcomes=frozenset({"partial", "refused"}))
    told = [(row["__outcome"], row["__outcome_reason"], row["__language"]) for row in rows(files["visit.csv"])]
    assert told == [("complete", "", "en"), ("partial", "tired", "en"), ("refused", "", "en")]
    assert [each["instance"] for each in report_of(files)["findings"]] == ["uuid:1"]


def test_the_case_of_an_interview_stands_in_a_column_of_its_own(collected, grant):
    collected.collect("uuid:1", ANSWERS, case="hh-0042")
    collected.collect("uuid:2", ANSWERS)
    assert [row["__case"] for row in rows(exported(collected, grant)["visit.csv"])] == ["hh-0042", ""]


def test_what_replaces_what_is_said(collected, grant):
    collected.collect("uuid:1", ANSWERS)
    collected.collect("uuid:2", ANSWERS, replaces="uuid:1")
    files = exported(collected, grant)
    [newest] = rows(files["visit.csv"])
    assert (newest["instance_id"], newest["__replaces"]) == ("uuid:2", "uuid:1")
    assert report_of(files)["counts"]["left_out"]["replaced"] == 1
    first, second = rows(exported(collected, grant, outcomes=frozenset({"replaced"}))["visit.csv"])
    assert (first["__replaced_by"], second["__replaces"]) == ("uuid:2", "uuid:1")


@pytest.mark.parametrize(
    ("told", "facts"),
    [
        ("partial", {"outcome": Outcome("partial", "tired")}),
        ("unreadable", {"xml": "<data"}),
        ("unreadable", {"version": "0" * 64}),
    ],
)
def test_a_correction_that_says_less_takes_no_place(collected, grant, told, facts):
    collected.collect("uuid:1", ANSWERS)
    collected.collect("uuid:2", ANSWERS, replaces="uuid:1", **facts)
    files = exported(collected, grant, outcomes=frozenset({"partial"}))
    found = [(row["instance_id"], row["__replaced_by"]) for row in rows(files["visit.csv"])]
    assert found == [("uuid:1", ""), *([("uuid:2", "")] if told == "partial" else [])]
    report = report_of(exported(collected, grant))
    assert (report["counts"]["records"], "replaced" in report["counts"]["left_out"]) == (1, False)
    assert report["corrections"] == [{"instance": "uuid:1", "by": "uuid:2", "outcome": told}]
    collected.collect("uuid:3", ANSWERS, replaces="uuid:2")
    files = exported(collected, grant)
    assert [row["instance_id"] for row in rows(files["visit.csv"])] == ["uuid:3"]


def test_a_record_that_does_not_open_takes_no_place(collected, grant):
    collected.collect("uuid:1", ANSWERS)
    collected.collect("uuid:2", ANSWERS, replaces="uuid:1")
    broken = update(Item.__table__).values(body=b"broken").where(Item.instance == "uuid:2")
    collected.study.run(lambda connection: connection.execute(broken))
    files = exported(collected, grant)
    assert [row["instance_id"] for row in rows(files["visit.csv"])] == ["uuid:1"]
    report = report_of(files)
    assert [each["instance"] for each in report["unreadable"]] == ["uuid:2"]
    assert report["corrections"] == [{"instance": "uuid:1", "by": "uuid:2", "outcome": "unreadable"}]


def test_a_refusal_takes_the_answers_back_and_the_report_names_both(collected, grant):
    collected.collect("uuid:1", ANSWERS)
    collected.collect("uuid:2", "", replaces="uuid:1", outcome=Outcome("refused"))
    files = exported(collected, grant)
    assert rows(files["visit.csv"]) == []
    report = report_of(files)
    assert report["counts"]["left_out"] == {"training": 0, "replaced": 1, "refused": 1}
    assert report["corrections"] == [{"instance": "uuid:1", "by": "uuid:2", "outcome": "refused"}]


def test_what_was_broken_off_again_stands_for_what_was_broken_off(collected, grant):
    tired = Outcome("partial", "tired")
    collected.collect("uuid:1", ANSWERS, outcome=tired)
    collected.collect("uuid:2", ANSWERS, outcome=tired, replaces="uuid:1")
    files = exported(collected, grant, outcomes=frozenset({"partial"}))
    assert [row["instance_id"] for row in rows(files["visit.csv"])] == ["uuid:2"]


def test_a_correction_that_arrives_during_an_export_takes_no_place_in_it(collected, grant, monkeypatch):
    collected.collect("uuid:1", ANSWERS)
    looked = Records._corrections

    def late(records, *bounds):
        collected.collect("uuid:2", ANSWERS, replaces="uuid:1")
        return looked(records, *bounds)

    monkeypatch.setattr(Records, "_corrections", late)
    files = exported(collected, grant)
    assert [row["instance_id"] for row in rows(files["visit.csv"])] == ["uuid:1"]


def test_nothing_takes_its_own_place(collected, grant):
    collected.collect("uuid:1", ANSWERS, replaces="uuid:1")
    sent = {
        "id": "r", "kind": "has_issues", "instance": "uuid:1", "device": collected.device.id, "interviewer": "I-07",
        "parcel_hash": "0" * 64, "parcel_size": 1, "comments": b"", "after_item": 0, "by": "mara",
        "at": collected.place.now(),
    }  # fmt: skip
    collected.study.run(lambda connection: connection.execute(insert(RETURNS).values(sent)))
    files = exported(collected, grant)
    assert [row["instance_id"] for row in rows(files["visit.csv"])] == ["uuid:1"]


def test_nobody_else_and_nothing_earlier_takes_the_place_of_a_record(collected, grant):
    collected.collect("uuid:0", ANSWERS, replaces="uuid:1")
    collected.collect("uuid:1", ANSWERS)
    collected.collect("uuid:3", ANSWERS, replaces="uuid:1", device=collected.new_device())
    files = exported(collected, grant)
    assert [row["instance_id"] for row in rows(files["visit.csv"])] == ["uuid:0", "uuid:1", "uuid:3"]
    assert "replaced" not in report_of(files)["counts"]["left_out"]


def test_files_of_earlier_versions_are_those_of_the_newest(collected, grant):
    photos = {"flat.jpg": PHOTO, "door.jpg": b"door"}
    collected.collect("uuid:1", ANSWERS, photos=photos, withheld=("door.jpg",))
    entries = (("flat.jpg", "a1", PHOTO), ("door.jpg", "a2", b"door"), ("other.jpg", "a1", b"other"))
    kept = tuple(
        Kept(Attachment("image/jpeg", name, part, hashlib.sha256(data).hexdigest(), len(data)), "uuid:1")
        for name, part, data in entries
    )
    collected.collect("uuid:2", ANSWERS, photos={"new.jpg": b"new"}, kept=kept, replaces="uuid:1")
    files = exported(collected, grant)
    media = {name: data for name, data in files.items() if name.startswith("media/")}
    assert media == {"media/uuid_2/new.jpg": b"new", "media/uuid_2/flat.jpg": PHOTO}
    told = {(each["name"], each["code"]) for each in report_of(files)["missing"]}
    assert told == {("door.jpg", "export.attachment.missing"), ("other.jpg", "envelope.attachment.differs")}


def test_missing_and_differing_attachments_are_reported_never_silent(collected, grant):
    photos = {"flat.jpg": PHOTO, "lost.jpg": b"lost", "other.jpg": b"other"}
    collected.collect("uuid:1", ANSWERS, photos=photos, withheld=("lost.jpg", "other.jpg"))
    wrong = collected.device.seal(b"not the one", "uuid:1", "a3")
    stray = collected.device.seal(b"nobody knows me", "uuid:1", "a9")
    alone = collected.device.seal(b"alone", "uuid:7", "a1", form=collected.device.facts().form)
    collected.study.intake.receive(collected.device.carrier, [wrong, stray, alone])
    collected.study.run(lambda connection: connection.execute(update(Item.__table__).values(form=FORM)))
    files = exported(collected, grant)
    assert [name for name in files if name.startswith("media/")] == ["media/uuid_1/flat.jpg"]
    report = report_of(files)
    told = {(each["name"], each["code"]) for each in report["missing"]}
    assert told == {("lost.jpg", "export.attachment.missing"), ("other.jpg", "envelope.attachment.differs")}
    assert report["unlisted"] == [{"instance": "uuid:1", "part": "a9", "code": "export.part.unlisted"}]
    assert report["counts"]["instances_without_record"] == 1


@pytest.mark.parametrize("size", [10, 200_000])
def test_large_attachments_are_checked_before_their_first_byte(collected, grant, monkeypatch, size):
    monkeypatch.setattr(records_module, "IN_MEMORY", 100)
    content = os.urandom(size)
    collected.collect("uuid:1", ANSWERS, photos={"a.jpg": content, "b.jpg": content + b"!"}, withheld=("b.jpg",))
    wrong = collected.device.seal(content + b"?", "uuid:1", "a2")
    collected.study.intake.receive(collected.device.carrier, [wrong])
    files = exported(collected, grant)
    assert files["media/uuid_1/a.jpg"] == content
    assert "media/uuid_1/b.jpg" not in files
    assert report_of(files)["missing"][0]["code"] == "envelope.attachment.differs"


def test_one_unreadable_record_is_told_and_does_not_stop_the_others(collected, grant):
    collected.collect("uuid:1", "", xml="<data>not XML")
    collected.collect("uuid:2", ANSWERS, version="ab" * 32)
    collected.collect("uuid:3", ANSWERS, inner="uuid:other")
    collected.collect("uuid:4", "<place>Varna</place><spare>kept</spare>")
    collected.collect("uuid:5", ANSWERS)
    broken = update(Item.__table__).where(Item.instance == "uuid:5").values(body=b"FBB\x01broken")
    collected.study.run(lambda connection: connection.execute(broken))
    files = exported(collected, grant)
    report = report_of(files)
    assert {each["instance"]: each["code"] for each in report["unreadable"]} == {
        "uuid:1": Code.ANSWERS_SYNTAX.value,
        "uuid:2": Code.ANSWERS_UNKNOWN_VERSION.value,
        "uuid:5": "envelope.body.malformed",
    }
    assert [row["instance_id"] for row in rows(files["visit.csv"])] == ["uuid:3", "uuid:4"]
    assert report["unlisted"] == [{"instance": "uuid:3", "code": "export.instance.differs"}]
    assert report["leftovers"] == [{"instance": "uuid:4", "path": "/data/spare", "text": "kept"}]
    assert report["counts"]["findings"][Code.ANSWER_UNKNOWN_ELEMENT.value] == 1


def test_file_names_lead_nowhere_and_are_told_where_they_changed(collected, grant):
    photos = {"a:b.jpg": b"1", "A_b.jpg": b"2", "NUL": b"3"}
    collected.collect("uuid:1", ANSWERS, photos=photos)
    files = exported(collected, grant)
    media = {name: data for name, data in files.items() if name.startswith("media/")}
    assert media == {"media/uuid_1/a_b.jpg": b"1", "media/uuid_1/A_b-2.jpg": b"2", "media/uuid_1/_NUL": b"3"}
    assert len(report_of(files)["renamed"]) == 3


def test_a_form_that_nobody_answered_gives_its_columns(collected, grant):
    files = exported(collected, grant)
    assert set(files) == {"visit.csv", "visit-member.csv", "report.json"}
    assert rows(files["visit.csv"]) == []
    assert b"where-latitude" in files["visit.csv"]
    assert code_of(list, export_zip(collected.place, collected.vault, grant, "unknown")) == "export.form.unknown"


def test_without_a_grant_nothing_is_exported_and_what_began_is_no_zip(collected, grant, tmp_path):
    for number in range(3):
        collected.collect(f"uuid:{number}", ANSWERS, photos={"flat.jpg": PHOTO})
    begun = []
    pieces = (begun.append(piece) for piece in export_zip(collected.place, collected.vault, grant, FORM))
    next(pieces)
    collected.vault.lock(None)
    assert code_of(list, pieces) == "vault.locked"
    assert begun
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(begun)))
    out = tmp_path / "out"
    assert code_of(export_folder, collected.place, collected.vault, grant, FORM, out) == "vault.locked"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["central"]


def test_an_export_that_is_given_up_leaves_nothing_open(collected, grant):
    collected.collect("uuid:1", ANSWERS, photos={"flat.jpg": os.urandom(6_000_000)})
    pieces = export_zip(collected.place, collected.vault, grant, FORM)
    next(pieces)
    pieces.close()
    assert exported(collected, grant)["report.json"]


def test_a_node_and_a_lost_intake_key_are_told(collected, grant):
    collected.collect("uuid:1", ANSWERS)
    other = collected.vault.new_intake_key()
    collected.study.run(
        lambda connection: connection.execute(update(IntakeKey.__table__).values(sealed_private=other.sealed_private))
    )
    assert report_of(exported(collected, grant))["unreadable"] == [
        {"instance": "uuid:1", "code": "envelope.recipient.missing"}
    ]


def test_the_zip_never_touches_the_disk(collected, grant, tmp_path):
    collected.collect("uuid:1", ANSWERS, photos={"flat.jpg": PHOTO})
    before = set(tmp_path.rglob("*"))
    exported(collected, grant)
    after = set(tmp_path.rglob("*"))
    assert {path.suffix for path in after - before} <= {".db-wal", ".db-shm"}
    for path in after:
        if path.is_file():
            assert b"Marxloh" not in path.read_bytes()


def test_a_folder_has_the_same_files_for_its_owner_alone(collected, grant, tmp_path):
    collected.collect("uuid:1", ANSWERS, photos={"flat.jpg": PHOTO})
    out = tmp_path / "out"
    report = export_folder(collected.place, collected.vault, grant, FORM, out)
    assert report.whole
    found = {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    zipped = exported(collected, grant)
    assert found.keys() == zipped.keys()
    assert found["visit.csv"] == zipped["visit.csv"]
    assert found["media/uuid_1/flat.jpg"] == PHOTO
    assert all(path.stat().st_mode & 0o077 == 0 for path in [out, *out.rglob("*")])
    assert code_of(export_folder, collected.place, collected.vault, grant, FORM, out) == "export.folder.exists"
    nowhere = tmp_path / "no" / "such"
    assert code_of(export_folder, collected.place, collected.vault, grant, FORM, nowhere) == "export.folder.unwritable"


def test_a_disk_that_fills_up_leaves_no_half_folder(collected, grant, tmp_path, monkeypatch):
    collected.collect("uuid:1", ANSWERS, photos={"flat.jpg": PHOTO})
    real, calls = os.fsync, []

    def fsync(descriptor):
        calls.append(descriptor)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    code = code_of(export_folder, collected.place, collected.vault, grant, FORM, tmp_path / "out")
    assert code == "export.folder.unwritable"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["central"]


def test_many_records_page_by_page(collected, grant, monkeypatch):
    monkeypatch.setattr(records_module, "PAGE", 3)
    for number in range(10):
        collected.collect(f"uuid:{number}", f"<place>{number}</place>")
    assert [row["place"] for row in rows(exported(collected, grant)["visit.csv"])] == [str(n) for n in range(10)]


def test_a_missing_blob_is_told(collected, grant):
    collected.collect("uuid:1", ANSWERS, photos={"flat.jpg": PHOTO})
    for path in collected.place.settings.blobs.glob("*/*"):
        path.unlink()
    report = report_of(exported(collected, grant))
    assert [each["code"] for each in report["missing"]] == ["export.body.missing"]


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_csv_brings_every_text_back(table):
    written = CsvTable(Columns("t", ("a", "b")))
    for first, second in table:
        written.add({"a": first, "b": second})
    data = b"".join(written.chunks())
    assert len(data) == written.size
    read = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    assert [tuple(row) for row in read] == [("a", "b"), *table]


def test_csv_loses_no_column_and_keeps_numbers():
    with pytest.raises(KeyError):
        CsvTable(Columns("t", ("a",))).add({"a": 1, "b": 2})
    assert [cell(value) for value in (None, ("a", "b"), 7, "x")] == ["", "a b", "7", "x"]
    assert [cell(Decimal(text)) for text in ("1.50", "1E+3", "1800.0", "-0.25")] == ["1.50", "1000", "1800", "-0.25"]


def test_a_node_exports_nothing(collected, grant):
    class NodeSettings:
        role = "node"
        study = "example"

    node = Place(NodeSettings(), collected.place.engine, collected.place.writer, collected.place.blobs)
    assert code_of(list, export_zip(node, collected.vault, grant, FORM)) == "export.role"


def test_the_command_line(feldbuch, collected, tmp_path):
    collected.collect("uuid:1", ANSWERS, photos={"flat.jpg": PHOTO, "lost.jpg": b"x"}, withheld=("lost.jpg",))
    process = start_vault(collected.place.settings)
    vault = VaultClient(collected.place.settings.vault / SOCKET_FILE)
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n")

    place = ("--place", str(collected.place.settings.place))
    secret = ("--passphrase-file", str(passphrase))
    out = ("--out", str(tmp_path / "one"))
    one = feldbuch("export", FORM, "--format", "csv", *out, *place, *secret)
    one.wait_for_line("Keep them where")
    assert one.process.wait(60) == 0
    assert "Wrote 1 records and 1 attachments" in one.output
    assert "WARNING: 1 attachments are missing" in one.output
    assert (tmp_path / "one" / "media" / "uuid_1" / "flat.jpg").read_bytes() == PHOTO
    assert not vault.status().unlocked, "the command gives back the grant that it took"

    def result_of(out: str, *arguments, environment=None):
        command = [FORM, "--out", str(tmp_path / out), *place, *arguments]
        return CliRunner().invoke(export, command, env=environment)

    result = result_of("two", environment={"FELDBUCH_PASSPHRASE": "wrong"})
    assert isinstance(result.exception, CodedError)
    assert result.exception.code == "vault.passphrase.wrong"
    assert not (tmp_path / "two").exists()
    grant = vault.unlock(PASSPHRASE, "mara")
    assert result_of("three", environment={"FELDBUCH_GRANT": grant.token}).exit_code == 0
    assert vault.status().unlocked, "a grant that was given stays"
    stop_vault(process)
    result = result_of("four", *secret, "--with-training")
    assert result.exit_code == 0, "without a vault the command runs one for its own time"
    assert not vault.answers()
