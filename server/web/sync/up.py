"""``/sync/offer`` and ``/sync/batch``: what a carrier holds, and small items, many in one call."""

# flask-smorest has no types.
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge, UnsupportedMediaType

from server.services.collect.decision import Answer, Carrier
from server.services.collect.intake import Intake
from server.services.collect.offers import Offers
from server.web.sync.answers import Desk, carrier, item_json, json_answer, prepare, signed_json
from server.web.sync.schemas import ErrorAnswerSchema, ItemAnswersSchema, OfferAnswersSchema, OfferSchema
from sync.envelope.item import Item, read_items
from sync.errors import EnvelopeError
from sync.protocol import BATCH_TYPE

_BINARY = {"schema": {"type": "string", "format": "binary"}}


def make_blueprint(desk: Desk, take: Callable[[Carrier, bytes], str], offers: Offers) -> Blueprint:
    """The routes of delivering."""
    blueprint = Blueprint("sync_up", __name__, url_prefix="/sync", description="Up: offer and batch")
    prepare(blueprint, desk)

    @blueprint.route("/offer", methods=["POST"])
    @blueprint.arguments(OfferSchema)
    @blueprint.response(200, OfferAnswersSchema)
    @blueprint.alt_response(401, schema=ErrorAnswerSchema)
    def offer(body: dict[str, Any]) -> Response:
        """Say of each item whether it is wanted."""
        answers = offers.answer(carrier(), [(each["instance"], each["part"], each["hash"]) for each in body["items"]])
        said = (f'{{"answer": "{word}", "receipt": {signed_json(receipt)}}}' for word, receipt in answers)
        return json_answer('{"answers": [' + ",".join(said) + "]}")

    @blueprint.route("/batch", methods=["POST"])
    @blueprint.doc(requestBody={"required": True, "content": {BATCH_TYPE: _BINARY}})
    @blueprint.response(200, ItemAnswersSchema)
    @blueprint.alt_response(507, schema=ErrorAnswerSchema)
    def batch() -> Response:
        """Take in items one after the other, and answer each after all are durable."""
        if request.mimetype != BATCH_TYPE:
            raise UnsupportedMediaType
        with desk.slots.taken():
            return json_answer(take(carrier(), read_body(desk.limits.batch_bytes)))

    return blueprint


def batch_taker(desk: Desk, intake: Intake) -> Callable[[Carrier, bytes], str]:
    """What takes in the bytes of a batch and answers in JSON, after everything is durable."""

    def take(who: Carrier, data: bytes) -> str:
        items, broken = _items(data, desk.limits.batch_items)
        answers = intake.receive(who, items)
        if broken is not None:
            answers.append(Answer("", "", "", "refused", broken))
        return '{"answers": [' + ",".join(map(item_json, answers)) + "]}"

    return take


def read_body(limit: int) -> bytes:
    """The request's body, in memory and nowhere else; it is never read further than the limit.

    Raises ``HTTPException``: 411 without a length, 413 above the limit, 400 when the connection broke.
    """
    size = request.content_length
    if size is None:
        raise LengthRequired
    if size > limit:
        raise RequestEntityTooLarge
    return request.stream.read(size)


def _items(data: bytes, at_most: int) -> tuple[list[Item], str | None]:
    """The items of a batch up to where its framing breaks, and the code of the break."""
    items: list[Item] = []
    try:
        for item in read_items(data, max_items=at_most, max_body=len(data)):
            items.append(item)
    except EnvelopeError as error:
        return items, error.code
    return items, None
