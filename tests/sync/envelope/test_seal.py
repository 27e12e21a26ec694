"""What sealing refuses, and what the order of reading keeps apart."""

import dataclasses
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from sync.envelope import body, card, cover, keys, record, seal, signed
from sync.errors import EnvelopeError, SyncError
from tests.sync.envelope.world import DEVICE, DEVICE_ID, PRIVATE, PUBLIC, facts

HASH = "0" * 64


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"study": ""}, "study"),
        ({"device": "another"}, "taken_in_by.id"),
        ({"part": "record"}, "content_type"),
        ({"signer": cover.SignerPosition(2, None)}, "signer.previous"),
        ({"finished_at": "2026-13-01T00:00:00Z"}, "finished_at"),
        ({"taken_in_by": "person"}, "taken_in_by.kind"),
    ],
)
def test_no_cover_is_written_that_a_reader_would_refuse(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(EnvelopeError) as caught:
        seal.seal_part(facts(**changes), b"", PUBLIC[:1], DEVICE)
    assert (caught.value.code, caught.value.params) == ("envelope.cover.field", {"field": field})


@pytest.mark.parametrize("recipients", [[], PUBLIC[:1] * 2, [*PUBLIC, PUBLIC[0]]])
def test_there_are_one_to_three_different_recipients(recipients: list[bytes]) -> None:
    with pytest.raises(EnvelopeError, match="recipients"):
        seal.seal_part(facts(), b"", recipients, DEVICE)


def test_a_node_signs_for_what_collect_sends() -> None:
    encoded, _ = seal.seal_part(facts(device="collect:42", taken_in_by="node"), b"", PUBLIC[:1], DEVICE)
    verified = cover.verify_cover(encoded)
    assert (verified.device, verified.taken_in_by) == ("collect:42", cover.TakenInBy(DEVICE_ID, "node"))


def test_the_message_is_the_cover_without_its_signature() -> None:
    # verify_cover cuts the signature out of the bytes; write_cover encodes the rest anew.
    encoded, _ = seal.seal_part(facts(), b"", PUBLIC, DEVICE)
    verified = cover.verify_cover(encoded)
    message = cover.signed_message(json.loads(encoded))
    keys.verify_p256(verified.signature_key, message, verified.signature)


def test_a_broken_stanza_does_not_hide_another() -> None:
    sealed, data = seal.seal_body(b"content")
    encoded = seal.write_cover(facts(), sealed, PUBLIC[:2], DEVICE)
    parsed = cover.verify_cover(encoded)
    broken = dataclasses.replace(parsed.recipients[0], sealed_key=bytes(48))
    with_broken = dataclasses.replace(parsed, recipients=(broken, parsed.recipients[1]))
    assert b"".join(seal.open_part(with_broken, data, PRIVATE)) == b"content"


def test_a_writer_is_for_one_body() -> None:
    writer = body.BodyWriter()
    writer.finish()
    with pytest.raises(ValueError, match="finished"):
        writer.finish()


def test_flushing_nothing_writes_no_chunk() -> None:
    writer = body.BodyWriter()
    assert len(writer.flush()) == body.HEADER_SIZE
    assert writer.flush() == b""


def test_the_content_key_is_not_shown() -> None:
    sealed, _ = seal.seal_body(b"")
    assert repr(sealed.content_key) not in repr(sealed)
    assert sealed.content_key.hex() not in repr(sealed)


@pytest.mark.parametrize(
    "document",
    [
        record.RecordDocument("\ud800", None),
        record.RecordDocument("<a/>", ""),
        record.RecordDocument("x" * (16 * 1024 * 1024), None),
        record.RecordDocument("<a/>", None, (record.Attachment("image/jpeg", "../a", "a1", HASH, 1),)),
    ],
)
def test_no_record_is_packed_that_a_reader_would_refuse(document: record.RecordDocument) -> None:
    with pytest.raises(EnvelopeError, match=r"envelope\.record\.malformed"):
        record.pack_record(document)


def test_an_attachment_is_held_against_the_manifest() -> None:
    expected = record.Attachment("image/jpeg", "a.jpg", "a7", HASH, 5)
    record.check_attachment(expected, 5, HASH)
    for size, sha256 in ((6, HASH), (5, "1" * 64)):
        with pytest.raises(EnvelopeError, match=r"envelope\.attachment\.differs \(part='a7'\)"):
            record.check_attachment(expected, size, sha256)


@pytest.mark.parametrize("call", [keys.device_id, keys.key_id, keys.recipient_public_bytes, keys.recipient_public_key])
def test_keys_of_other_sizes_are_refused(call: Any) -> None:
    with pytest.raises(ValueError, match="bytes"):
        call(b"short")


def test_signing_keys_are_on_p256() -> None:
    with pytest.raises(ValueError, match="P-256"):
        keys.signer_public_bytes(ec.derive_private_key(1, ec.SECP384R1()))


def test_signatures_have_the_low_s() -> None:
    for turn in range(64):
        message = bytes(turn)
        keys.verify_p256(keys.signer_public_bytes(DEVICE), message, keys.sign_p256(DEVICE, message))


def test_the_pruning_rule() -> None:
    receipt = signed.Receipt("s", "i", "record", "c", "b", "held", "e", 7)
    mark = signed.Mark("s", "e", 7, "")
    assert receipt.permits_deleting("c", "b", mark)
    refused = [
        (receipt, "x", "b", mark),
        (receipt, "c", "x", mark),
        (dataclasses.replace(receipt, state="quarantined"), "c", "b", mark),
        (dataclasses.replace(receipt, state="conflict"), "c", "b", mark),
        (dataclasses.replace(receipt, seq=8), "c", "b", mark),
        (receipt, "c", "b", dataclasses.replace(mark, epoch="x")),
        (receipt, "c", "b", dataclasses.replace(mark, study="x")),
    ]
    for case, cover_hash, body_hash, case_mark in refused:
        assert not case.permits_deleting(cover_hash, body_hash, case_mark)


def test_documents_are_not_signed_with_values_that_a_reader_would_refuse() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    for value in (1.5, -1, 2**53, "\ud800"):
        with pytest.raises(EnvelopeError, match=r"envelope\.document\.not_canonical"):
            signed.sign_document("feldbuch/1/hello", {"a": value}, key)
    with pytest.raises(EnvelopeError, match=r"envelope\.document\.field \(field='at'\)"):
        signed.Mark("s", "0" * 32, 1, "now").sign(key)


def test_a_known_device_key_verifies_documents() -> None:
    document = signed.sign_document("feldbuch/1/hello", {"v": 1}, DEVICE)
    signed.verify_document("feldbuch/1/hello", document, DEVICE.public_key())
    with pytest.raises(EnvelopeError, match=r"envelope\.signature\.wrong"):
        signed.verify_document("feldbuch/1/enrolment", document, DEVICE.public_key())


def test_an_error_shows_its_code_and_parameters() -> None:
    assert str(SyncError("sync.code")) == "sync.code"
    assert str(EnvelopeError("envelope.cover.field", field="v")) == "envelope.cover.field (field='v')"


def test_a_card_is_read_however_it_is_grouped_and_never_with_a_wrong_letter() -> None:
    code = "YXWTRQPNMKJ3"
    for typed in (code, "yxwt-rqpn-mkj3", " YXWT RQPN\tMKJ3 ", "УХWТ·RQРN·МКJ3"):
        assert card.read_card_code(typed) == code
    wrong = {code[:at] + letter + code[at + 1 :] for at in range(12) for letter in card.ALPHABET if letter != code[at]}
    swapped = {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(11)}
    assert not [each for each in wrong | swapped if card.is_card_code(each)]
