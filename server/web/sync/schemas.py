"""The JSON bodies of the sync protocol: their limits, and what the OpenAPI document says of them.

A signed document is an object of its own (FORMAT.md); its fields are read where its signature is checked.
"""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from sync.envelope import fields as envelope
from sync.protocol import (
    FEED_CHAINS_AT_MOST,
    FEED_ENTRIES_AT_MOST,
    RECEIPTS_AT_MOST,
    RELAYED_AT_MOST,
    Limits,
)
from sync.reconcile import NAMES_AT_MOST, PREFIX, PREFIXES_AT_MOST
from sync.reconciling import KINDS, TOLD_AT_MOST

MOST = 2**53 - 1
ID = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,127}\Z")
HASH = validate.Regexp(r"[0-9a-f]{64}\Z")
PART = validate.Regexp(rf"(?:{envelope.PART.pattern})\Z")


class Said(Schema):
    """What a caller says. What is not known here is passed over: a later version may say more."""

    class Meta:
        """How marshmallow reads it."""

        unknown = EXCLUDE


class Signed(fields.Dict):
    """A signed document, verbatim."""

    def __init__(self, *, required: bool = True, allow_none: bool = False) -> None:
        super().__init__(keys=fields.String(), required=required, allow_none=allow_none)


class LimitsSchema(Schema):
    """What a place takes in one call, in bytes and items."""

    batch_bytes = fields.Integer()
    batch_items = fields.Integer()
    offer_items = fields.Integer()
    item_bytes = fields.Integer()
    patch_bytes = fields.Integer()


class GreetingSchema(Schema):
    """Who a place is, and the challenge for a hello."""

    v = fields.Integer()
    role = fields.String(validate=validate.OneOf(["central", "node"]))
    id = fields.String()
    study = fields.String()
    challenge = fields.String()
    capabilities = fields.List(fields.String())
    limits = fields.Nested(LimitsSchema)


class HelloSchema(Said):
    """The carrier's signed hello, and the newest ones of devices it met."""

    hello = Signed()
    relayed = fields.List(
        fields.Dict(keys=fields.String()), load_default=list, validate=validate.Length(max=RELAYED_AT_MOST)
    )


class WelcomeSchema(Schema):
    """A session, how the carrier stands, and central's mark."""

    session = fields.String()
    expires_in = fields.Integer()
    standing = fields.String(validate=validate.OneOf(["introduced", "unknown", "revoked"]))
    epoch = fields.String(allow_none=True)
    mark = Signed(required=False, allow_none=True)
    pause = fields.Integer()
    limits = fields.Nested(LimitsSchema)


class OfferedSchema(Said):
    """An item that is offered: its name, the hash of its cover, the size of its body."""

    instance = fields.String(required=True, validate=ID)
    part = fields.String(required=True, validate=PART)
    hash = fields.String(required=True, validate=HASH)
    size = fields.Integer(required=True, strict=True, validate=validate.Range(0, MOST))
    priority = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 9))


class OfferSchema(Said):
    """Items that a carrier holds."""

    items = fields.List(fields.Nested(OfferedSchema), required=True, validate=validate.Length(max=Limits().offer_items))


class OfferAnswerSchema(Schema):
    """Whether an item is wanted."""

    answer = fields.String(validate=validate.OneOf(["want", "have", "conflict"]))
    receipt = Signed(required=False, allow_none=True)


class OfferAnswersSchema(Schema):
    """One answer for each offered item, in order."""

    answers = fields.List(fields.Nested(OfferAnswerSchema))


class ItemAnswerSchema(Schema):
    """What became of an item."""

    instance = fields.String(allow_none=True)
    part = fields.String(allow_none=True)
    hash = fields.String(allow_none=True)
    state = fields.String(validate=validate.OneOf(["held", "waiting", "quarantined", "conflict", "refused"]))
    code = fields.String(allow_none=True)
    receipt = Signed(required=False, allow_none=True)


class ItemAnswersSchema(Schema):
    """One answer for each item of a batch, in order."""

    answers = fields.List(fields.Nested(ItemAnswerSchema))


class ReceiptsQuerySchema(Said):
    """Where a carrier stands with the receipts of this place."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, MOST))
    limit = fields.Integer(load_default=RECEIPTS_AT_MOST, validate=validate.Range(1, RECEIPTS_AT_MOST))


class ReceiptsSchema(Schema):
    """Receipts after the cursor."""

    epoch = fields.String(allow_none=True)
    receipts = fields.List(fields.Dict(keys=fields.String()))
    cursor = fields.Integer()
    more = fields.Boolean()


class MarkSchema(Schema):
    """Central's signed durable mark as this place knows it."""

    mark = Signed(required=False, allow_none=True)


class FeedQuerySchema(Said):
    """Where a reader stands in each chain."""

    after = fields.Dict(
        keys=fields.String(validate=ID),
        values=fields.Integer(strict=True, validate=validate.Range(0, MOST)),
        load_default=dict,
        validate=validate.Length(max=FEED_CHAINS_AT_MOST),
    )
    limit = fields.Integer(
        load_default=FEED_ENTRIES_AT_MOST, strict=True, validate=validate.Range(1, FEED_ENTRIES_AT_MOST)
    )


class FeedSchema(Schema):
    """Signed entries, in order within each chain."""

    entries = fields.List(fields.Dict(keys=fields.String()))
    more = fields.Boolean()


def _each_once(values: list[str]) -> None:
    if len(set(values)) < len(values):
        raise ValidationError("twice")


class ReconcileSchema(Said):
    """Prefixes of hashes under which a carrier compares its set with the place's."""

    prefixes = fields.List(
        fields.String(validate=validate.Regexp(rf"(?:{PREFIX.pattern})\Z")),
        required=True,
        validate=[validate.Length(1, PREFIXES_AT_MOST), _each_once],
    )


class PartSchema(Schema):
    """What is held under a prefix: hashes, or counts and digests by the next two digits."""

    prefix = fields.String()
    count = fields.Integer()
    hashes = fields.List(fields.String())
    buckets = fields.Dict(keys=fields.String(), values=fields.List(fields.Raw()))


class PartsSchema(Schema):
    """One part for each prefix, in order."""

    parts = fields.List(fields.Nested(PartSchema))


class HashesSchema(Said):
    """Hashes of covers whose names are asked for."""

    hashes = fields.List(fields.String(validate=HASH), required=True, validate=validate.Length(1, NAMES_AT_MOST))


class NamedSchema(Schema):
    """What an item is called; ``device`` is who signed it."""

    hash = fields.String()
    instance = fields.String()
    part = fields.String()
    device = fields.String()
    number = fields.Integer()
    size = fields.Integer()


class NamesSchema(Schema):
    """One name for each hash, in order; null for what is not the carrier's."""

    items = fields.List(fields.Nested(NamedSchema, allow_none=True))


class FoundItemSchema(Said):
    """A difference."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    hash = fields.String(required=True, validate=HASH)
    instance = fields.String(required=True, allow_none=True, validate=ID)
    part = fields.String(required=True, allow_none=True, validate=PART)


def _number() -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(0, 2**31 - 1))


class FoundSchema(Said):
    """What a carrier found when it compared."""

    by = fields.String(required=True, validate=validate.OneOf(["schedule", "hand"]))
    compared = _number()
    missing = _number()
    surplus = _number()
    lost = _number()
    again = _number()
    complete = fields.Boolean(required=True)
    items = fields.List(fields.Nested(FoundItemSchema), required=True, validate=validate.Length(max=TOLD_AT_MOST))


class EnrolmentSchema(Said):
    """The token of an enrolment link and what the device signed."""

    token = fields.String(required=True, validate=validate.Length(1, 200))
    enrolment = Signed()


class EnrolledSchema(Schema):
    """The device's own chain: its certificate and first intake key."""

    entries = fields.List(fields.Dict(keys=fields.String()))


class RecoverySchema(Said):
    """What a device sealed for the case that a PIN is forgotten, signed."""

    recovery = Signed()


class KeptSchema(Schema):
    """That it is kept."""

    kept = fields.Boolean()


class JoinSchema(Said):
    """The token of a join link and what the node signed."""

    token = fields.String(required=True, validate=validate.Length(1, 200))
    node = Signed()


class JoinedSchema(Schema):
    """The node's certificate."""

    entry = fields.Dict(keys=fields.String())


class ErrorInnerSchema(Schema):
    """A code of the error catalogue, what it means and what to do."""

    code = fields.String()
    message = fields.String()
    remedy = fields.String()


class ErrorAnswerSchema(Schema):
    """Every answer that is not a success."""

    error = fields.Nested(ErrorInnerSchema)
