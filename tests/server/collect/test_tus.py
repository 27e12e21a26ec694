"""tus 1.0.0 at ``/sync/files``: the extensions, what a break leaves behind, and how an abandoned upload ends."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from flask import Flask, request
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from werkzeug.exceptions import ClientDisconnected

from server.errors.error import CodedError
from server.services.collect import intake as intake_module
from server.services.collect.decision import Carrier
from server.services.collect.expiry import LIFE, UPLOADS, expire_uploads
from server.services.collect.housekeeping import tidy
from server.services.collect.uploads import Uploads
from server.storage.items import Item as ItemRow
from server.storage.items import Upload
from server.web.sync.answers import Slots
from server.web.sync.pieces import PIECE_SECONDS, READ_BYTES, arriving
from tests.examples import examples
from tests.field import FieldDevice, Study
from tests.server.collect.sending import MIB, Sender, code


@pytest.fixture
def device(central: Study) -> FieldDevice:
    device = FieldDevice(central)
    central.introduce(device)
    return device


@pytest.fixture
def sender(central: Study, device: FieldDevice) -> Sender:
    return Sender(central, device, device.seal(b"x" * 200_000, part="a1"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Study, FieldDevice]]:
    """One study and device for all drawn examples; each takes a new item."""
    study = Study.central(tmp_path_factory.mktemp("shared") / "central")
    device = FieldDevice(study)
    study.introduce(device)
    yield study, device
    study.close()


def checksum(algorithm: str, data: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def age(study: Study, by: timedelta) -> None:
    """Nobody has gone on with any upload for so long."""
    study.run(lambda connection: connection.execute(update(UPLOADS).values(changed_at=study.place.now() - by)) and None)


class TestWhatIsSpoken:
    def test_options_say_it_to_carriers_only(self, sender: Sender) -> None:
        answer = sender.client.options("/sync/files", headers=sender.session)
        assert answer.status_code == 204
        said = {name: value for name, value in answer.headers.items() if name.startswith("Tus-")}
        assert said == {
            "Tus-Resumable": "1.0.0",
            "Tus-Version": "1.0.0",
            "Tus-Extension": "creation,creation-with-upload,checksum,expiration,termination",
            "Tus-Max-Size": str(2 * 1024**3),
            "Tus-Checksum-Algorithm": "sha1,sha256",
        }
        assert sender.client.options("/sync/files").status_code == 401

    @pytest.mark.parametrize(
        ("method", "path"), [("OPTIONS", ""), ("POST", ""), ("HEAD", "/h"), ("PATCH", "/h"), ("DELETE", "/h")]
    )
    def test_nobody_without_a_session(self, sender: Sender, method: str, path: str) -> None:
        sender.create()
        where = sender.path if path else "/sync/files"
        headers = {"Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": method}
        assert sender.client.open(where, method=method, headers=headers).status_code == 401
        if method in ("PATCH", "DELETE"):
            assert sender.client.post(where, headers=headers).status_code == 401

    def test_head_tells_what_was_told_at_the_creation_and_is_not_stored(self, sender: Sender) -> None:
        sender.create()
        told = f"cover {base64.b64encode(sender.item.cover).decode()}"
        for _ in ("under way", "held"):
            answer = sender.client.head(sender.path, headers=sender.headers())
            assert (answer.headers["Upload-Metadata"], answer.headers["Cache-Control"]) == (told, "no-store")
            sender.rest()
        unknown = sender.client.head("/sync/files/" + "0" * 64, headers=sender.headers())
        assert (unknown.status_code, unknown.headers["Cache-Control"]) == (404, "no-store")

    def test_another_version_is_refused_and_ours_is_said(self, sender: Sender) -> None:
        sender.create()
        for method in ("HEAD", "PATCH", "DELETE"):
            headers = {**sender.session, "Tus-Resumable": "0.2.2"}
            answer = sender.client.open(sender.path, method=method, headers=headers)
            assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
        assert sender.offset() == 0

    def test_metadata_that_would_travel_unsealed_are_refused(self, central: Study, sender: Sender) -> None:
        cover = base64.b64encode(sender.item.cover).decode()
        name = base64.b64encode(b"interview with A.mp3").decode()
        for metadata in (f"cover {cover},filename {name}", f"filename {name}", "cover", "cover %%%", "cover ü", ""):
            headers = sender.headers(Upload_Length=str(len(sender.item.body)), Upload_Metadata=metadata)
            assert code(sender.client.post("/sync/files", headers=headers)) in (
                "request.malformed",
                "envelope.cover.not_canonical",
            )
        assert central.rows(Upload) == []

    def test_a_proxy_that_forbids_patch_is_gone_around(self, sender: Sender) -> None:
        sender.create()

        def override(method: str, **more: str) -> int:
            headers = {**sender.headers(**more), "X-HTTP-Method-Override": method}
            return sender.client.post(sender.path, data=sender.item.body[:1000], headers=headers).status_code

        typed = {"Upload_Offset": "0", "Content_Type": "application/offset+octet-stream"}
        assert override("PATCH", **typed) == 204
        assert sender.offset() == 1000
        assert override("DELETE") == 204
        assert sender.client.head(sender.path, headers=sender.headers()).status_code == 404
        creating = {**sender.headers(), "X-HTTP-Method-Override": "PUT"}
        assert sender.client.post("/sync/files", headers=creating).status_code == 405


class TestChecksum:
    @pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
    def test_bytes_that_meet_it_are_kept_and_others_leave_the_offset(self, sender: Sender, algorithm: str) -> None:
        sender.create()
        first, second = sender.item.body[:50_000], sender.item.body[50_000:]
        assert sender.patch(0, first, Upload_Checksum=checksum(algorithm, first)).status_code == 204
        wrong = sender.patch(50_000, second, Upload_Checksum=checksum(algorithm, first))
        assert (wrong.status_code, code(wrong)) == (460, "upload.checksum")
        assert sender.offset() == 50_000
        done = sender.patch(50_000, second, Upload_Checksum=checksum(algorithm, second))
        assert (done.status_code, done.headers["Feldbuch-State"]) == (204, "held")

    @pytest.mark.parametrize("said", ["md5 AAAA", "sha256", "sha256 %%", "", "sha256 AAAA", "sha1 AAAA, sha256 AAAA"])
    def test_one_that_cannot_be_checked_is_400(self, sender: Sender, said: str) -> None:
        sender.create()
        assert sender.patch(0, b"x", Upload_Checksum=said).status_code == 400
        assert sender.offset() == 0


class TestCreationWithUpload:
    def post(self, sender: Sender, data: bytes, **more: str) -> tuple[int, str | None, str | None]:
        answer = sender.create(data=data, **more)
        return answer.status_code, answer.headers.get("Upload-Offset"), answer.headers.get("Feldbuch-State")

    def test_first_bytes_come_with_the_creation(self, sender: Sender) -> None:
        assert self.post(sender, sender.item.body[:1000]) == (201, "1000", None)
        # Coming again it finds what there is; the bytes for the beginning are not taken twice.
        assert self.post(sender, sender.item.body[:5000]) == (201, "1000", None)
        assert sender.rest().headers["Feldbuch-State"] == "held"
        whole = str(len(sender.item.body))
        assert self.post(sender, sender.item.body[:1000]) == (201, whole, "held")

    def test_all_bytes_at_once_are_an_item(self, central: Study, sender: Sender) -> None:
        body = sender.item.body
        assert self.post(sender, body) == (201, str(len(body)), "held")
        assert [row.hash for row in central.rows(ItemRow)] == [sender.item.hash]
        assert central.rows(Upload) == []

    def test_what_is_wrong_with_the_bytes(self, central: Study, sender: Sender) -> None:
        body = sender.item.body
        assert self.post(sender, body[:9], Content_Type="text/plain")[0] == 415
        assert self.post(sender, b"x" * (MIB + 1))[0] == 413
        assert central.rows(Upload) == []
        assert self.post(sender, body[:9], Upload_Checksum=checksum("sha256", b"other"))[0] == 460
        assert sender.offset() == 0
        assert self.post(sender, body[:-1] + b"?")[0] == 460
        assert central.rows(Upload) == []


class TestTermination:
    def test_bytes_and_quota_are_free_again(self, tmp_path: Path) -> None:
        study = Study.central(tmp_path / "c", device_bytes=250_000)
        try:
            device = FieldDevice(study)
            study.introduce(device)
            one, two = (Sender(study, device, device.seal(b"x" * 200_000, part=part)) for part in ("a1", "a2"))
            one.create()
            one.patch(0, one.item.body[:100_000])
            assert code(two.create()) == "intake.quota.device"
            assert one.terminate().status_code == 204
            assert list(study.settings.spool.iterdir()) == []
            assert one.client.head(one.path, headers=one.headers()).status_code == 404
            assert (one.terminate().status_code, one.patch(100_000, b"x").status_code) == (404, 404)
            assert two.create().status_code == 201
        finally:
            study.close()

    def test_nobody_ends_anothers_upload(self, central: Study, sender: Sender) -> None:
        sender.create()
        sender.patch(0, sender.item.body[:1000])
        assert Sender(central, FieldDevice(central), sender.item).terminate().status_code == 404
        assert sender.offset() == 1000

    def test_nobody_hears_of_anothers_item(self, central: Study, node: Study, sender: Sender) -> None:
        sender.create()
        sender.rest()
        other = FieldDevice(central)
        central.introduce(other)
        stranger = Sender(central, other, sender.item)
        asked = [stranger.client.head(stranger.path, headers=stranger.headers()), stranger.answer()]
        asked += [stranger.terminate(), stranger.create()]
        assert [each.status_code for each in asked] == [404] * 4
        assert all("Upload-Metadata" not in each.headers and "Feldbuch-State" not in each.headers for each in asked)
        # A node hears of it once it showed that it has the cover: it may carry it, and have heard no answer yet.
        central.admit(node)
        carrier, uploads = Carrier(node.place.id, "node"), Uploads(central.place, central.intake)
        with pytest.raises(CodedError, match=r"upload\.unknown"):
            uploads.progress(carrier, sender.item.hash)
        uploads.create(carrier, sender.item.cover, len(sender.item.body))
        assert uploads.answer(carrier, sender.item.hash).state == "held"
        assert sender.offset() == len(sender.item.body)

    def test_what_is_held_is_not_deleted(self, central: Study, sender: Sender) -> None:
        sender.create()
        sender.rest()
        answer = sender.terminate()
        assert (answer.status_code, code(answer)) == (403, "upload.held")
        (row,) = central.rows(ItemRow)
        assert b"".join(central.place.blobs.read(row.body_hash)) == sender.item.body


class TestExpiration:
    def test_the_end_is_told_and_going_on_moves_it(self, central: Study, sender: Sender) -> None:
        def told(answer: object) -> timedelta:
            return parsedate_to_datetime(answer.headers["Upload-Expires"]) - central.place.now()  # type: ignore[attr-defined]

        minute = timedelta(minutes=1)
        assert LIFE - minute < told(sender.create()) <= LIFE
        age(central, timedelta(days=10))
        assert told(sender.client.head(sender.path, headers=sender.headers())) < timedelta(days=4)
        assert LIFE - minute < told(sender.patch(0, sender.item.body[:10])) <= LIFE
        assert expire_uploads(central.place) == 0
        assert sender.offset() == 10

    def test_an_abandoned_one_goes_and_can_be_begun_again(self, central: Study, sender: Sender) -> None:
        sender.create()
        sender.patch(0, sender.item.body[:150_000])
        age(central, LIFE + timedelta(seconds=1))
        # Its file is young: only what belongs to no upload at all must be old before it goes.
        assert tidy(central.place) == 1
        assert list(central.settings.spool.iterdir()) == []
        assert sender.client.head(sender.path, headers=sender.headers()).status_code == 404
        assert code(sender.patch(150_000, b"x")) == "upload.unknown"
        sender.create()
        assert sender.rest().headers["Feldbuch-State"] == "held"

    def test_its_quota_is_free_at_the_next_creation(self, tmp_path: Path) -> None:
        study = Study.central(tmp_path / "c", device_bytes=250_000)
        try:
            device = FieldDevice(study)
            study.introduce(device)
            one, two = (Sender(study, device, device.seal(b"x" * 200_000, part=part)) for part in ("a1", "a2"))
            one.create()
            assert code(two.create()) == "intake.quota.device"
            age(study, LIFE + timedelta(seconds=1))
            assert two.create().status_code == 201
        finally:
            study.close()

    def test_its_space_is_free_at_once_where_the_disk_is_short(
        self, central: Study, device: FieldDevice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = Sender(central, device, device.seal(b"x" * 200_000, part="a1"))
        old.create()
        old.patch(0, old.item.body[:150_000])

        def short(folder: Path, incoming: int, kept: int) -> None:
            if list(central.settings.spool.iterdir()):
                raise CodedError("storage.full")

        monkeypatch.setattr(intake_module, "need_space", short)
        small = device.seal()
        with pytest.raises(CodedError, match=r"storage\.full"):
            central.intake.receive(device.carrier, [small])
        assert old.offset() == 150_000
        age(central, LIFE + timedelta(seconds=1))
        assert [answer.state for answer in central.intake.receive(device.carrier, [small])] == ["held"]
        assert list(central.settings.spool.iterdir()) == []
        again = Sender(central, device, device.seal(b"y" * 100_000, part="a2"))
        assert again.create().status_code == 201


class TestBreaks:
    def cut(self, sender: Sender, offset: int, data: bytes, **more: str) -> int:
        """A request whose connection breaks before all is there."""
        headers = sender.headers(Upload_Offset=str(offset), Content_Type="application/offset+octet-stream", **more)
        whole = {"CONTENT_LENGTH": str(len(data) + 1)}
        return sender.client.patch(
            sender.path, input_stream=io.BytesIO(data), headers=headers, environ_overrides=whole
        ).status_code

    def test_what_came_is_kept(self, sender: Sender) -> None:
        sender.create()
        assert self.cut(sender, 0, sender.item.body[:70_001]) == 400
        assert sender.offset() == 70_001
        assert self.cut(sender, 70_001, b"") == 400
        assert sender.rest().headers["Feldbuch-State"] == "held"

    def test_what_a_checksum_was_to_vouch_for_is_not(self, sender: Sender) -> None:
        sender.create()
        data = sender.item.body[:70_001]
        assert self.cut(sender, 0, data, Upload_Checksum=checksum("sha256", data)) == 400
        assert sender.offset() == 0

    def test_on_a_slow_line_each_few_seconds_are_kept(self) -> None:
        ticks = iter(range(0, 1000, int(PIECE_SECONDS) - 1))
        data = bytes(range(256)) * (5 * READ_BYTES // 256) + b"rest"
        with Flask("slow").test_request_context(data=data):
            pieces = list(arriving(len(data), lambda: float(next(ticks))))
        assert b"".join(pieces) == data
        assert max(map(len, pieces)) == 2 * READ_BYTES
        with Flask("fast").test_request_context(data=data):
            assert list(arriving(len(data))) == [data]

    def test_the_break_is_told_after_what_came(self) -> None:
        with Flask("cut").test_request_context(input_stream=io.BytesIO(b"abc"), headers={"Content-Length": "5"}):
            pieces = arriving(5)
            assert next(pieces) == b"abc"
            with pytest.raises(ClientDisconnected):
                next(pieces)
            assert request.stream.read(0) == b""

    @settings(max_examples=examples(25))
    @given(
        steps=st.lists(
            st.tuples(
                st.sampled_from(["next", "next", "next", "repeat", "ahead", "restart", "create"]),
                st.integers(0, 60_000),
            ),
            max_size=12,
        )
    )
    def test_any_order_of_pieces_and_repeats_gives_the_same_bytes(
        self, shared: tuple[Study, FieldDevice], steps: list[tuple[str, int]]
    ) -> None:
        study, device = shared
        item = device.seal(b"x" * 150_000, part="a1")
        uploads = Uploads(study.place, study.intake)
        uploads.create(device.carrier, item.cover, len(item.body))
        for what, size in steps:
            offset = uploads.progress(device.carrier, item.hash).offset
            start = {"repeat": max(0, offset - size), "ahead": offset + size}.get(what, offset)
            if what == "restart":
                uploads = Uploads(study.place, study.intake)
            elif what == "create":
                uploads.create(device.carrier, item.cover, len(item.body))
            elif start + size >= len(item.body):
                continue
            elif start == offset:
                assert uploads.append(device.carrier, item.hash, start, item.body[start : start + size])
            else:
                with pytest.raises(CodedError, match=r"upload\.offset"):
                    uploads.append(device.carrier, item.hash, start, item.body[start : start + size])
        offset = uploads.progress(device.carrier, item.hash).offset
        spooled = b"".join(file.read_bytes() for file in study.settings.spool.iterdir())
        assert spooled == item.body[:offset]
        done = uploads.append(device.carrier, item.hash, offset, item.body[offset:])
        assert done.answer is not None
        assert done.answer.state == "held"
        assert b"".join(study.place.blobs.read(study.intake.check_cover(item.cover).body.hash)) == item.body


class TestAtOnce:
    def test_of_two_at_one_offset_one_loses_and_nothing_is_torn(self, central: Study, sender: Sender) -> None:
        """Objects of their own, as two processes have: what keeps them apart is the file."""
        sender.create()
        carrier, body, step = sender.carrier, sender.item.body, 20_000
        for offset in range(0, len(body) - step, step):
            outcomes: list[str] = []
            start = threading.Barrier(3)

            def add(uploads: Uploads, offset: int = offset, outcomes=outcomes, start=start) -> None:
                start.wait(10)
                try:
                    uploads.append(carrier, sender.item.hash, offset, body[offset : offset + step])
                    outcomes.append("kept")
                except CodedError as error:
                    outcomes.append(error.code)

            rivals = [
                threading.Thread(target=add, args=(Uploads(central.place, central.intake),), daemon=True)
                for _ in range(3)
            ]
            for rival in rivals:
                rival.start()
            for rival in rivals:
                rival.join(20)
            assert sorted(outcomes) == ["kept", "upload.offset", "upload.offset"]
        assert sender.rest().headers["Feldbuch-State"] == "held"

    def test_one_carrier_leaves_room_for_others(self) -> None:
        slots = Slots(20)
        with contextlib.ExitStack() as held:
            for _ in range(5):
                held.enter_context(slots.taken("one"))
            with pytest.raises(CodedError, match=r"server\.busy"):
                held.enter_context(slots.taken("one"))
            for _ in range(15):
                held.enter_context(slots.taken())
            with pytest.raises(CodedError, match=r"server\.busy"):
                held.enter_context(slots.taken("two"))
        with slots.taken("one"), slots.taken("two"):
            pass
