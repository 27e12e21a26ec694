"""Vectors of ids, base64url and canonical JSON."""

# ruff: noqa: E501 (tables of cases, one case a line)

import hashlib

from envelope_maker.world import DEVICE, KEY_IDS, OTHER_DEVICE, PUBLIC, SEEDS, write
from sync.envelope import keys
from sync.envelope.encoding import b64u


def write_keys() -> None:
    """Ids, key derivation, base64url."""
    write(
        "keys",
        {
            "recipients": [
                {"seed": b64u(seed), "id": key_id, "public_sha256": hashlib.sha256(public).hexdigest()}
                for seed, key_id, public in zip(SEEDS, KEY_IDS, PUBLIC, strict=True)
            ],
            "signers": [
                {"public": b64u(keys.signer_public_bytes(key)), "id": keys.device_id(keys.signer_public_bytes(key))}
                for key in (DEVICE, OTHER_DEVICE)
            ],
            "b64u": [{"hex": data.hex(), "text": b64u(data)} for data in (b"", b"\xfb", b"\xff\xfe", b"\0\x10\x83")],
            "not_b64u": ["A", "AA==", "AB", "AAB", "+/8", "A A", "AAAA\n", "ÄA"],
        },
    )


def write_canonical() -> None:
    """Texts that are, or are not, the canonical form of themselves."""
    good = [
        "{}",
        '{"a":[true,false,null,0,9007199254740991,"\\u0000\\u001f\\b\\t\\n\\f\\r\\"\\\\/\x7f"]}',
        '{"":"Пловдив, București, Çorum","😀":1,"\ufb33":2}',
        '{"__proto__":{"toJSON":1},"constructor":"ț"}',
        '{"10":1,"9":2,"a":{},"b":[]}',
    ]
    bad = [
        "", "null", "[]", '"a"', "1", "{", "{}\n", " {}", "\ufeff{}", '{"a":1,}', '{"a": 1}', '{"b":1,"a":2}',
        '{"a":1,"a":1}', '{"a":1,"a":2}', '{"a":1.0}', '{"a":1.5}', '{"a":1e2}', '{"a":-1}', '{"a":-0}',
        '{"a":9007199254740992}', '{"a":9007199254740993}', '{"a":1e400}', '{"a":NaN}', '{"a":Infinity}', '{"a":01}',
        '{"a":"\\u0041"}', '{"a":"\\/"}', '{"a":"\\u000A"}', '{"a":"\t"}', '{"a":"\\ud800"}', '{"\\udfff":1}',
        '{"a":"\\ud83d\\ude00"}', '{"a":"\\u001F"}', "{'a':1}", '{"\ufb33":2,"😀":1}', '{"9":2,"10":1}', '{"a":undefined}',
    ]  # fmt: skip
    data = [b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\xc0\x80"}', b"\xff\xfe{}", b'{"a":1}\0']
    write("canonical", {"good": good, "bad": bad, "bad_bytes": [b64u(item) for item in data]})
