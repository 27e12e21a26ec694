"""The shared vectors, read by the Python implementation."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.envelope import encoding, keys, parcel, record, signed
from sync.envelope.body import BodyWriter, open_body
from sync.envelope.cover import cover_hash, parse_cover, verify_cover
from sync.envelope.item import pack_item, read_items
from sync.envelope.seal import open_part, open_record
from sync.errors import EnvelopeError
from tests.sync.envelope import vectors

KEYS = vectors.load("keys")
CANONICAL = vectors.load("canonical")
BODIES = vectors.load("bodies")
COVERS = vectors.load("covers")
PARTS = vectors.load("parts")
RECORDS = vectors.load("records")
ITEMS = vectors.load("items")
DOCUMENTS = vectors.load("documents")
PARCELS = vectors.load("parcels")
CENTRAL_DOCUMENTS = {"receipt": signed.Receipt, "mark": signed.Mark, "feed": signed.FeedEntry}


def refused(case: dict[str, Any], action: Callable[[], object]) -> None:
    """The action raises the error that the case names."""
    with pytest.raises(EnvelopeError) as caught:
        action()
    assert caught.value.code == case["code"]
    if "field" in case:
        assert caught.value.params == {"field": case["field"]}


def named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=lambda case: case["name"])


def test_keys() -> None:
    for recipient in KEYS["recipients"]:
        public = keys.recipient_public_bytes(encoding.from_b64u(recipient["seed"]))
        assert hashlib.sha256(public).hexdigest() == recipient["public_sha256"]
        assert keys.key_id(public) == recipient["id"]
    for signer in KEYS["signers"]:
        assert keys.device_id(encoding.from_b64u(signer["public"])) == signer["id"]


def test_base64url() -> None:
    for pair in KEYS["b64u"]:
        assert encoding.b64u(bytes.fromhex(pair["hex"])) == pair["text"]
        assert encoding.from_b64u(pair["text"]).hex() == pair["hex"]


@pytest.mark.parametrize("text", KEYS["not_b64u"])
def test_not_base64url(text: str) -> None:
    with pytest.raises(ValueError, match="not base64url"):
        encoding.from_b64u(text)


@pytest.mark.parametrize("text", CANONICAL["good"])
def test_canonical(text: str) -> None:
    assert encoding.canonical(encoding.parse_canonical(text.encode(), "code")) == text.encode()


@pytest.mark.parametrize("data", [*map(str.encode, CANONICAL["bad"]), *map(encoding.from_b64u, CANONICAL["bad_bytes"])])
def test_not_canonical(data: bytes) -> None:
    refused({"code": "code"}, lambda: encoding.parse_canonical(data, "code"))


def write_body(whole: dict[str, Any]) -> tuple[bytes, bytes, BodyWriter]:
    """A body written as its vector says: its content, its bytes."""
    writer = BodyWriter(encoding.from_b64u(BODIES["content_key"]), encoding.from_b64u(BODIES["file_id"]))
    content = vectors.pattern(sum(size for size, _ in whole["pieces"]))
    data, offset = b"", 0
    for size, flush in whole["pieces"]:
        data += writer.write(content[offset : offset + size])
        data += writer.flush() if flush else b""
        offset += size
    return content, data, writer


@named(BODIES["whole"])
def test_whole_body(case: dict[str, Any]) -> None:
    content, start, writer = write_body(case)
    end, sealed = writer.finish()
    assert hashlib.sha256(start + end).hexdigest() == sealed.hash == case["hash"]
    assert len(start + end) == sealed.size == case["size"]
    assert sealed.key_commitment == BODIES["commitment"]
    assert b"".join(open_body(start + end, sealed.content_key, sealed.key_commitment)) == content


@named(BODIES["broken"])
def test_broken_body(case: dict[str, Any]) -> None:
    whole = next(whole for whole in BODIES["whole"] if whole["name"] == "three_chunks")
    _, start, writer = write_body(whole)
    data = vectors.changed(start + writer.finish()[0], case)
    key = encoding.from_b64u(case.get("content_key", BODIES["content_key"]))
    refused(case, lambda: list(open_body(data, key, case.get("commitment", BODIES["commitment"]))))


@named(COVERS["whole"])
def test_whole_cover(case: dict[str, Any]) -> None:
    cover = verify_cover(case["cover"].encode())
    assert cover.hash == cover_hash(case["cover"].encode()) == case["hash"]
    assert {"number": cover.signer.number, "previous": cover.signer.previous} == case["signer"]


@named(COVERS["not_canonical"])
def test_cover_not_canonical(case: dict[str, Any]) -> None:
    data = vectors.replaced(COVERS["base"], case)
    refused({"code": "envelope.cover.not_canonical"}, lambda: parse_cover(data))


@pytest.mark.parametrize("case", COVERS["field"], ids=lambda case: case["field"])
def test_cover_field(case: dict[str, Any]) -> None:
    data = vectors.replaced(COVERS["base"], case)
    refused({"code": "envelope.cover.field", "field": case["field"]}, lambda: parse_cover(data))


@named(COVERS["signature"])
def test_cover_signature(case: dict[str, Any]) -> None:
    parse_cover(case["cover"].encode())
    refused({"code": "envelope.signature.wrong"}, lambda: verify_cover(case["cover"].encode()))


def test_cover_too_large() -> None:
    refused({"code": "envelope.cover.too_large"}, lambda: parse_cover(bytes(COVERS["too_large"])))


@pytest.mark.parametrize("source", ["parts", "parts_typescript"])
def test_whole_parts(source: str) -> None:
    loaded = vectors.load(source)
    seeds = vectors.seeds(loaded["seeds"])
    for envelope in loaded["envelopes"].values():
        cover = verify_cover(envelope["cover"].encode())
        body = encoding.from_b64u(envelope["body"])
        assert {stanza.key for stanza in cover.recipients} == set(envelope["keys"])
        for key in envelope["keys"]:
            content = b"".join(open_part(cover, body, {key: seeds[key]}))
            if "record" in envelope:
                unpacked = open_record(cover, body, seeds)
                assert as_json(unpacked) == envelope["record"]
            else:
                assert content == encoding.from_b64u(envelope["content"])


@named(PARTS["broken"])
def test_broken_part(case: dict[str, Any]) -> None:
    envelope = PARTS["envelopes"][case["envelope"]]
    cover = verify_cover(case.get("cover", envelope["cover"]).encode())
    body = vectors.changed(encoding.from_b64u(envelope["body"]), case)
    seeds = vectors.seeds(case.get("keys", PARTS["seeds"]))
    refused(case, lambda: list(open_part(cover, body, seeds)))


def plaintext_of(case: dict[str, Any]) -> bytes:
    plaintext = bytearray(encoding.from_b64u(case["data"]) + bytes(case["zeros"]))
    if "last" in case:
        plaintext[-1] = case["last"]
    return bytes(plaintext)


def as_json(document: record.RecordDocument) -> dict[str, Any]:
    names = ("content_type", "name", "part", "sha256", "size")
    attachments = [{name: getattr(entry, name) for name in names} for entry in document.attachments]
    more: dict[str, Any] = {}
    if document.case is not None:
        more["case"] = document.case
    if document.outcome != record.COMPLETE:
        more["outcome"] = {"kind": document.outcome.kind, "reason": document.outcome.reason}
    if document.card is not None:
        more["card"] = document.card
    if document.kept:
        more["kept"] = [
            {"instance": each.instance, **{name: getattr(each.attachment, name) for name in names}}
            for each in document.kept
        ]
    return {
        "v": 1,
        "instance_xml": document.instance_xml,
        "language": document.language,
        "attachments": attachments,
        **more,
    }


def test_whole_records() -> None:
    for case in RECORDS["whole"]:
        unpacked = record.unpack_record(plaintext_of(case))
        assert as_json(unpacked) == case["record"]
        assert record.unpack_record(record.pack_record(unpacked)) == unpacked


@named(RECORDS["broken"])
def test_broken_record(case: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError) as caught:
        record.unpack_record(plaintext_of(case))
    assert caught.value.code == case["code"]


def test_padme() -> None:
    assert [[size, record.padme(size)] for size, _ in RECORDS["padme"]] == RECORDS["padme"]


def test_item() -> None:
    cover, body = encoding.from_b64u(ITEMS["cover"]), encoding.from_b64u(ITEMS["body"])
    whole = encoding.from_b64u(ITEMS["item"])
    assert pack_item(cover, body) == whole
    items = list(read_items(whole * 3, max_items=ITEMS["max_items"], max_body=ITEMS["max_body"]))
    assert [(item.cover, item.body, item.hash) for item in items] == [(cover, body, ITEMS["hash"])] * 3
    assert list(read_items(b"", max_items=1, max_body=1)) == []


@named(ITEMS["broken"])
def test_broken_item(case: dict[str, Any]) -> None:
    data = vectors.changed(encoding.from_b64u(ITEMS["item"]), case)
    items = read_items(data, max_items=ITEMS["max_items"], max_body=case.get("max_body", ITEMS["max_body"]))
    for _ in range(case["items"]):
        next(items)
    with pytest.raises(EnvelopeError) as caught:
        next(items)
    assert (caught.value.code, caught.value.params) == ("envelope.item.malformed", {"index": case["items"]})


def central() -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(encoding.from_b64u(DOCUMENTS["central"]))


def test_whole_documents() -> None:
    for case in DOCUMENTS["whole"]:
        text = case["text"].encode()
        entry = CENTRAL_DOCUMENTS[case["kind"]].read(text, central())
        unsigned = {k: v for k, v in encoding.parse_canonical(text, "code").items() if k != "signature"}
        assert entry.to_document() == unsigned
        assert signed.document_hash(text) == case["hash"]


@named(DOCUMENTS["broken"])
def test_broken_document(case: dict[str, Any]) -> None:
    kind = CENTRAL_DOCUMENTS[case["kind"]]
    refused(case, lambda: kind.read(case["text"].encode(), central()))


def test_own_document() -> None:
    own = DOCUMENTS["own"]
    assert signed.verify_own_document(own["label"], own["whole"]) == own["whole"]["id"]


@named(DOCUMENTS["own"]["broken"])
def test_broken_own_document(case: dict[str, Any]) -> None:
    refused(case, lambda: signed.verify_own_document(DOCUMENTS["own"]["label"], case["document"]))


def of_vector(case: dict[str, Any]) -> tuple[parcel.Addressee, str]:
    """Whom a case's parcel is for, and its id."""
    return parcel.Addressee(**{**PARCELS["addressee"], **case.get("addressee", {})}), case.get("id", PARCELS["id"])


def parcel_document(of: parcel.Parcel) -> dict[str, Any]:
    return {
        "v": 1,
        "id": of.id,
        "kind": of.kind,
        "by": of.by,
        "at": of.at,
        "comments": [{"path": each.path, "text": each.text} for each in of.comments],
        "instance": of.instance,
        "form": {"id": of.form.id, "version": of.form.version},
        "purpose": of.purpose,
        "record": record.record_document(of.record),
        "files": list(of.files),
    }


def test_a_sealed_parcel() -> None:
    whole = PARCELS["sealed"]
    seed = encoding.from_b64u(PARCELS["seeds"][PARCELS["key"]])
    opened = parcel.open_parcel(encoding.from_b64u(whole["parcel"]), PARCELS["id"], of_vector({})[0], seed)
    assert parcel_document(opened) == whole["document"]
    assert {name: encoding.b64u(data) for name, data in opened.files.items()} == whole["files"]
    again = parcel.seal_parcel(opened, of_vector({})[0], keys.recipient_public_bytes(seed))
    assert parcel.open_parcel(again, PARCELS["id"], of_vector({})[0], seed) == opened


@named(PARCELS["not_opened"])
def test_a_parcel_that_does_not_open(case: dict[str, Any]) -> None:
    data = vectors.changed(encoding.from_b64u(PARCELS["sealed"]["parcel"]), case)
    seed = encoding.from_b64u(PARCELS["seeds"][case.get("key", PARCELS["key"])])
    addressee, parcel_id = of_vector(case)
    refused(case, lambda: parcel.open_parcel(data, parcel_id, addressee, seed))


@pytest.mark.parametrize("case", PARCELS["whole"])
def test_what_a_parcel_holds(case: dict[str, Any]) -> None:
    plaintext = encoding.from_b64u(case["data"]) + bytes(case["zeros"])
    opened = parcel.unpack_parcel(plaintext)
    assert parcel_document(opened) == case["document"]
    assert len(parcel.pack_parcel(opened)) == len(plaintext)


@named(PARCELS["broken"])
def test_a_broken_parcel(case: dict[str, Any]) -> None:
    plaintext = bytearray(encoding.from_b64u(case["data"]) + bytes(max(0, case["zeros"])))
    if "last" in case:
        plaintext[-1] = case["last"]
    refused(case, lambda: parcel.unpack_parcel(bytes(plaintext)))


def test_a_parcel_with_another_id_inside() -> None:
    seed = encoding.from_b64u(PARCELS["seeds"][PARCELS["key"]])
    addressee, parcel_id = of_vector({})
    opened = parcel.open_parcel(encoding.from_b64u(PARCELS["sealed"]["parcel"]), parcel_id, addressee, seed)
    forged = keys.SUITE.encrypt(
        parcel.pack_parcel(opened),
        keys.recipient_public_key(keys.recipient_public_bytes(seed)),
        parcel._info("f" * 32, addressee),
    )
    case = {"code": "envelope.parcel.malformed", "field": "id"}
    refused(case, lambda: parcel.open_parcel(forged, "f" * 32, addressee, seed))
