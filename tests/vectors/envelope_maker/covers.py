"""Vectors of covers alone."""

# ruff: noqa: E501 (tables of cases, one case a line)

import json

from envelope_maker.world import DEVICE, DEVICE_ID, KEY_IDS, ORDER, OTHER_DEVICE, PUBLIC, facts, resigned, write
from sync.envelope import cover as covers
from sync.envelope import keys, seal
from sync.envelope.body import SealedBody
from sync.envelope.encoding import b64u, canonical, from_b64u


def broken_fields(base: str) -> list[dict[str, object]]:
    """Covers with one field that is not as the table says, as replacements in the base's text."""
    document = json.loads(base)
    key_of_signer = document["signature"]["key"]
    enc = document["recipients"][0]["enc"]
    version = document["form"]["version"]
    plain = [
        ("v", '"v":1', '"v":2'), ("v", '"v":1', '"v":"1"'), ("v", '"v":1', '"v":true'),
        ("extra", ',"finished_at"', ',"extra":1,"finished_at"'), ("study", ',"study":"ruhr-2026"', ""),
        ("study", '"ruhr-2026"', '""'), ("study", '"ruhr-2026"', '"-ruhr"'), ("study", '"ruhr-2026"', '"ruhr 2026"'),
        ("study", '"ruhr-2026"', f'"{"r" * 129}"'), ("study", '"ruhr-2026"', "null"), ("study", '"ruhr-2026"', '"ruhr\\n"'),
        ("site", '"plovdiv"', '"Пловдив"'), ("interviewer", '"iv-07"', "7"), ("interviewer", '"iv-07"', '["iv-07"]'),
        ("device", f'"device":"{DEVICE_ID}"', '"device":"a/b"'),
        ("taken_in_by.id", f'"device":"{DEVICE_ID}"', '"device":"other"'),
        ("taken_in_by.id", f'"id":"{DEVICE_ID}"', f'"id":"{DEVICE_ID[:-1]}"'),
        ("taken_in_by.kind", '"kind":"device"', '"kind":"person"'), ("taken_in_by", '{"id":"' + DEVICE_ID + '","kind":"device"}', "null"),
        ("taken_in_by.kind", ',"kind":"device"', ""),
        ("instance", '"uuid:6f6b', '"/uuid:6f6b'), ("replaces", '"replaces":null', '"replaces":""'),
        ("form", '"form":{"id":"household_survey","version":"' + version + '"}', '"form":[]'),
        ("form.id", '"household_survey"', '"household survey"'), ("form.version", version, version.upper()),
        ("form.version", version, version[1:]), ("form.new", '"id":"household_survey"', '"id":"household_survey","new":1'),
        ("part", '"part":"record"', '"part":"a0"'), ("part", '"part":"record"', '"part":"a10000"'), ("part", '"part":"record"', '"part":"a01"'), ("part", '"part":"record"', '"part":"c0"'), ("part", '"part":"record"', '"part":"c10000"'),
        ("content_type", '"part":"record"', '"part":"a1"'), ("content_type", covers.RECORD_TYPE, "image/jpeg"),
        ("content_type", covers.RECORD_TYPE, "image"), ("content_type", covers.RECORD_TYPE, "a/" + "b" * 99),
        ("purpose", '"real"', '"test"'), ("signer.number", '"number":1', '"number":0'), ("signer.number", '"number":1', '"number":"1"'),
        ("signer.previous", '"number":1', '"number":2'), ("signer.previous", '"previous":null', f'"previous":"{version}"'),
        ("finished_at", "2026-11-23T04:00:00Z", "2026-02-30T04:00:00Z"), ("finished_at", "2026-11-23T04:00:00Z", "2026-11-23T24:00:00Z"),
        ("finished_at", "2026-11-23T04:00:00Z", "2026-11-23T04:00:60Z"), ("finished_at", "2026-11-23T04:00:00Z", "2026-11-23T04:00:00+00:00"),
        ("finished_at", "2026-11-23T04:00:00Z", "2026-11-23T04:00:00.0Z"), ("finished_at", "2026-11-23", "0026-11-23"),
        ("body.hash", document["body"]["hash"], document["body"]["hash"][:-2]), ("body.size", f'"size":{document["body"]["size"]}', '"size":null'),
        ("key_commitment", document["key_commitment"], ""), ("recipientz", '"recipients":[', '"recipients":[],"recipientz":['),
        ("recipients.0.enc", enc, enc[:-4]), ("recipients.0.enc", enc, enc[:-1] + "B"), ("recipients.0.enc", enc, enc + "=="),
        ("recipients.0.key", f'"key":"{KEY_IDS[0]}"', '"key":"1"'), ("recipients.0.sealed_key", '"sealed_key":"', '"sealed_key":"AAAA'),
        ("recipients.0.suite", keys.SUITE_NAME, "x25519"), ("recipients.0.suite", f',"suite":"{keys.SUITE_NAME}"', ""),
        ("signature.key", key_of_signer, key_of_signer[:-4]), ("signature.value", '"value":"', '"value":"AAAA'),
        ("signature.value", '"value":', '"valve":'), ("signaturf", '"signature":{', '"signature":null,"signaturf":{'),
    ]  # fmt: skip
    cases = [{"replace": [old, new], "field": field} for field, old, new in plain]
    for case in cases:
        assert base.count(case["replace"][0]) == 1, case
    return cases


def broken_forms(base: str) -> list[dict[str, object]]:
    """Covers that are not the canonical form of themselves, as replacements in the base's text."""
    pairs = {
        "a space": ['"v":1', '"v": 1'],
        "a line's end": ['"v":1}', '"v":1}\n'],
        "keys in another order": [
            '{"id":"' + DEVICE_ID + '","kind":"device"}',
            '{"kind":"device","id":"' + DEVICE_ID + '"}',
        ],
        "a key twice": ['"v":1}', '"v":1,"v":1}'],
        "a key twice, differing": ['"purpose":"real"', '"purpose":"training","purpose":"real"'],
        "a float": ['"number":1', '"number":1.0'],
        "an exponent": ['"number":1', '"number":1e0'],
        "a negative number": ['"number":1', '"number":-1'],
        "a large number": ['"number":1', '"number":9007199254740992'],
        "an escaped letter": ['"real"', '"\\u0072eal"'],
        "a lone surrogate": ['"real"', '"\\ud800"'],
        "cut": ['"v":1}', '"v":1'],
        "a text": ['{"body"', '"{body"'],
    }
    for old, _ in pairs.values():
        assert base.count(old) == 1, old
    return [{"name": name, "replace": pair} for name, pair in pairs.items()]


def broken_signatures(document: dict[str, object], base: str) -> list[dict[str, object]]:
    """Covers whose fields are right and whose signature is not."""
    signature = document["signature"]
    assert isinstance(signature, dict)
    value = from_b64u(signature["value"])
    high = value[:32] + (ORDER - int.from_bytes(value[32:], "big")).to_bytes(32, "big")
    message = covers.signed_message(document)
    others = b64u(keys.signer_public_bytes(OTHER_DEVICE))
    values = {
        "high s": {**signature, "value": b64u(high)},
        "all zero": {**signature, "value": b64u(bytes(64))},
        "flipped": {**signature, "value": b64u(bytes([value[0] ^ 1]) + value[1:])},
        "another signer, honest about the key": {"key": others, "value": b64u(keys.sign_p256(OTHER_DEVICE, message))},
        "another signer, under this key": {**signature, "value": b64u(keys.sign_p256(OTHER_DEVICE, message))},
        "another label": {**signature, "value": b64u(keys.sign_p256(DEVICE, b"feldbuch/2/cover" + message[16:]))},
    }
    cases = [
        {"name": name, "cover": canonical({**document, "signature": value}).decode()} for name, value in values.items()
    ]
    # A key that is no point of the curve, with the id that such a key would have.
    no_point = b"\x04" + bytes(64)
    forged = {
        **document,
        "device": keys.device_id(no_point),
        "taken_in_by": {"id": keys.device_id(no_point), "kind": "device"},
    }
    forged["signature"] = {**signature, "key": b64u(no_point)}
    cases.append({"name": "a key that is no point", "cover": canonical(forged).decode()})
    changed = canonical({**document, "purpose": "training"}).decode()
    assert changed != base
    cases.append({"name": "a field changed after signing", "cover": changed})
    return cases  # type: ignore[return-value]


def write_covers() -> None:
    """Covers alone: whole ones, and broken ones by region."""
    sealed, _ = seal.seal_body(b"")
    base = seal.write_cover(facts(), sealed, PUBLIC[:1], DEVICE).decode()
    document = json.loads(base)
    long = "x" * 92
    longest = facts(
        study="s" * 128,
        site="s" * 128,
        device="d" * 128,
        interviewer="i" * 128,
        instance="uuid:" + long,
        replaces="uuid:" + long + "b",
        form=covers.FormReference("f" * 128, "0" * 64),
        part="a9999",
        content_type="audio/" + "w" * 94,
        purpose="training",
        taken_in_by="node",
        signer=covers.SignerPosition(2**53 - 1, "0" * 64),
    )
    large = seal.write_cover(longest, SealedBody(bytes(32), "0" * 64, "0" * 64, 2**53 - 1), PUBLIC, DEVICE)
    doubled = {**document, "recipients": document["recipients"] * 2}
    checkpoint = seal.write_cover(facts(part="c12"), sealed, PUBLIC[:1], DEVICE)
    wholes = [
        {"name": "plain", "cover": base},
        {"name": "longest", "cover": large.decode()},
        {"name": "checkpoint", "cover": checkpoint.decode()},
    ]
    write(
        "covers",
        {
            "whole": [
                {
                    **whole,
                    "hash": covers.cover_hash(whole["cover"].encode()),
                    "signer": json.loads(whole["cover"])["signer"],
                }
                for whole in wholes
            ],
            "base": base,
            "not_canonical": broken_forms(base),
            "field": [
                *broken_fields(base),
                {"cover": resigned(doubled), "field": "recipients"},
                {"cover": resigned({**document, "recipients": []}), "field": "recipients"},
                {"cover": resigned({**document, "recipients": document["recipients"] * 4}), "field": "recipients"},
            ],
            "signature": broken_signatures(document, base),
            "too_large": 8193,
        },
    )
