"""What stands signed in a bundle: who made a piece, what a node asks for, which question central answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from sync.envelope.encoding import MAX_INTEGER, b64u, canonical, parse_canonical
from sync.envelope.fields import EPOCH, HASH, ID, KEY_ID, Fields
from sync.envelope.keys import device_id, signer_public_bytes
from sync.envelope.signed import CentralDocument, sign_document, verify_own_document
from sync.protocol import FEED_CHAINS_AT_MOST, VERSION

PIECES_AT_MOST: Final = 9999
WANTS_AT_MOST: Final = 10_000
PIECE_LABEL: Final = "feldbuch/1/bundle"
ASK_LABEL: Final = "feldbuch/1/bundle-ask"

_FIELD = "bundle.field"
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_PIECE_KEYS = frozenset({"v", "study", "id", "key", "set", "number", "before", "last", "at", "signature"})
_ASK_KEYS = frozenset(
    {"v", "study", "id", "key", "sequence", "recipient", "epoch", "cursor", "heads", "wants", "signature"}
)


@dataclass(frozen=True, slots=True)
class NodePiece:
    """What a node signs of a piece: the stick's set (hex), its number there, which numbers lie there beside it."""

    study: str
    set: str
    number: int
    before: tuple[int, ...]
    last: bool
    at: str
    id: str = ""

    def sign(self, key: EllipticCurvePrivateKey) -> bytes:
        """The signed document's bytes; `id` is that of the key given."""
        values = {**_own(key), "study": self.study, "set": self.set, "number": self.number}
        values |= {"before": list(self.before), "last": self.last, "at": self.at}
        return canonical(sign_document(PIECE_LABEL, values, key))

    @classmethod
    def read(cls, document: Mapping[str, object]) -> Self:
        """Check signature and fields of a parsed document.

        Raises:
            EnvelopeError: `bundle.field` (with `field`), `envelope.document.field`, `envelope.signature.wrong`.
        """
        reader = Fields(document, _PIECE_KEYS, _FIELD)
        reader.version()
        piece = cls(
            study=reader.text("study", ID),
            set=reader.text("set", EPOCH),
            number=_number(reader),
            before=tuple(reader.integers("before", PIECES_AT_MOST)),
            last=reader.flag("last"),
            at=reader.time("at"),
            id=reader.text("id", KEY_ID),
        )
        verify_own_document(PIECE_LABEL, document)
        return piece


@dataclass(frozen=True, slots=True)
class CentralPiece(CentralDocument):
    """What central signs of a piece: for which node, answering which question, and what its receipts go from and to."""

    label: ClassVar[str] = "feldbuch/1/bundle-answer"
    max_size: ClassVar[int] = 64 * 1024

    study: str
    node: str
    set: str
    number: int
    before: tuple[int, ...]
    last: bool
    at: str
    answers: int
    """The `sequence` of the node's question."""
    epoch: str
    after: int
    """Where the receipts of this piece begin, as a cursor of central ..."""
    cursor: int
    """... and where they end."""

    def to_document(self) -> dict[str, object]:
        """The document without its signature."""
        # Not super(): a dataclass with slots is made anew, and the cell behind it would name the old class.
        return {**CentralDocument.to_document(self), "before": list(self.before)}

    @classmethod
    def _read(cls, reader: Fields) -> Self:
        return cls(
            study=reader.text("study", ID),
            node=reader.text("node", KEY_ID),
            set=reader.text("set", EPOCH),
            number=_number(reader),
            before=tuple(reader.integers("before", PIECES_AT_MOST)),
            last=reader.flag("last"),
            at=reader.time("at"),
            answers=reader.integer("answers"),
            epoch=reader.text("epoch", EPOCH),
            after=reader.integer("after"),
            cursor=reader.integer("cursor"),
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """What a node asks for: everything after what it has, sealed to `recipient` (an age recipient of its own)."""

    study: str
    sequence: int
    """Of the same counter as its hellos."""
    recipient: str
    epoch: str | None
    """Central's epoch as the node knows it; another one means that it wants all receipts."""
    cursor: int
    heads: Mapping[str, int]
    """The last entry of each chain that it holds."""
    wants: tuple[str, ...]
    """Contents that entries name which it holds already."""
    id: str = ""

    def sign(self, key: EllipticCurvePrivateKey) -> bytes:
        """The signed document's bytes; `id` is that of the key given."""
        values = {**_own(key), "study": self.study, "sequence": self.sequence, "recipient": self.recipient}
        values |= {"epoch": self.epoch, "cursor": self.cursor, "heads": dict(self.heads), "wants": list(self.wants)}
        return canonical(sign_document(ASK_LABEL, values, key))

    @classmethod
    def read(cls, document: Mapping[str, object]) -> Self:
        """Check signature and fields of a parsed document. Raises as `NodePiece.read`."""
        reader = Fields(document, _ASK_KEYS, _FIELD)
        reader.version()
        wants = reader.texts("wants", WANTS_AT_MOST)
        if not all(HASH.fullmatch(each) for each in wants):
            raise reader.wrong("wants")
        heads = reader.mapping("heads")
        if len(heads) > FEED_CHAINS_AT_MOST:
            raise reader.wrong("heads")
        ask = cls(
            study=reader.text("study", ID),
            sequence=reader.integer("sequence"),
            recipient=reader.text("recipient", _RECIPIENT),
            epoch=reader.text_or_null("epoch", EPOCH),
            cursor=reader.integer("cursor"),
            heads={chain: _head(reader, chain, number) for chain, number in heads.items()},
            wants=tuple(wants),
            id=reader.text("id", KEY_ID),
        )
        verify_own_document(ASK_LABEL, document)
        return ask


def is_central(about: Mapping[str, object]) -> bool:
    """Whether a piece says that it comes from central; nothing is checked by this."""
    return "answers" in about


def _own(key: EllipticCurvePrivateKey) -> dict[str, object]:
    public = signer_public_bytes(key)
    return {"v": VERSION, "id": device_id(public), "key": b64u(public)}


def _number(reader: Fields) -> int:
    number = reader.integer("number", least=1)
    if number > PIECES_AT_MOST:
        raise reader.wrong("number")
    return number


def _head(reader: Fields, chain: str, number: object) -> int:
    if ID.fullmatch(chain) is None or type(number) is not int or not 0 <= number <= MAX_INTEGER:
        raise reader.wrong("heads")
    return number


def read_ask(encoded: bytes) -> Ask:
    """An ask from its bytes. Raises EnvelopeError as `Ask.read`."""
    return Ask.read(parse_canonical(encoded, _FIELD))
