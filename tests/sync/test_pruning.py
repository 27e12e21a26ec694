"""The pruning rule against the shared vectors: every clause violated alone, and each of them matters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.envelope.encoding import canonical, from_b64u
from sync.envelope.signed import Mark, Receipt
from sync.pruning import Copy, may_delete, signed_by

FOLDER = Path(__file__).resolve().parents[1] / "vectors" / "pruning"
VECTOR: dict[str, Any] = json.loads((FOLDER / "cases.json").read_text("utf-8"))
KEY = Ed25519PublicKey.from_public_bytes(from_b64u(VECTOR["central"]))
COPY = Copy(**VECTOR["copy"])


@pytest.mark.parametrize("case", VECTOR["cases"], ids=lambda each: each["name"])
def test_each_clause(case: dict[str, Any]) -> None:
    receipts = signed_by(KEY, Receipt, map(canonical, case["receipts"]))
    marks = signed_by(KEY, Mark, map(canonical, case["marks"]))
    for carrier in ("device", "node"):
        found = may_delete(COPY, receipts, marks, epoch=case["epoch"], carrier=carrier)
        assert (found is not None) is case[carrier], carrier
        if found is not None:
            assert (found.state, found.cover_hash, found.body_hash) == ("held", COPY.cover_hash, COPY.body_hash)


def test_what_is_no_document_at_all_says_nothing() -> None:
    assert signed_by(KEY, Mark, [b"", b"{}", b"[1]", b"\xff", b'{"v":1}', b"x" * 10_000]) == []
