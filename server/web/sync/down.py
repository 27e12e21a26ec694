"""``/sync/receipts``, ``durable``, ``feed`` and ``content``: what flows down, verbatim."""

# flask-smorest has no types.
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import json
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from server.errors.error import CodedError
from server.services.collect.contents import get_content
from server.services.collect.feed import Feed
from server.services.collect.readable import need_introduced, readable_chains
from server.services.collect.receipts import current_epoch, newest_mark, receipts_after
from server.web.sync.answers import Desk, carrier, json_answer, prepare, signed_json, signed_list
from server.web.sync.schemas import (
    ErrorAnswerSchema,
    FeedQuerySchema,
    FeedSchema,
    MarkSchema,
    ReceiptsQuerySchema,
    ReceiptsSchema,
)

_BINARY = {"type": "string", "format": "binary"}


def make_blueprint(desk: Desk, feed: Feed) -> Blueprint:
    """The routes of what flows down."""
    blueprint = Blueprint("sync_down", __name__, url_prefix="/sync", description="Down: receipts, mark, feed, content")
    prepare(blueprint, desk)
    engine = desk.place.engine

    @blueprint.route("/receipts", methods=["GET"])
    @blueprint.arguments(ReceiptsQuerySchema, location="query")
    @blueprint.response(200, ReceiptsSchema)
    @blueprint.alt_response(401, schema=ErrorAnswerSchema)
    def receipts(query: dict[str, int]) -> Response:
        """Give the receipts of the caller's items after a cursor."""
        who = carrier()
        with engine.connect() as connection:
            epoch = current_epoch(connection)
            found, cursor, more = receipts_after(connection, who.id, who.kind, query["after"], query["limit"])
        said = json.dumps({"epoch": epoch, "cursor": cursor, "more": more})
        return json_answer(said[:-1] + f', "receipts": {signed_list(found)}}}')

    @blueprint.route("/durable", methods=["GET"])
    @blueprint.response(200, MarkSchema)
    @blueprint.alt_response(401, schema=ErrorAnswerSchema)
    def durable() -> Response:
        """Give central's signed durable mark."""
        with engine.connect() as connection:
            return json_answer(f'{{"mark": {signed_json(newest_mark(connection))}}}')

    @blueprint.route("/feed", methods=["POST"])
    @blueprint.arguments(FeedQuerySchema)
    @blueprint.response(200, FeedSchema)
    @blueprint.alt_response(403, schema=ErrorAnswerSchema)
    def entries(body: dict[str, Any]) -> Response:
        """Give the signed entries that the caller does not have yet."""
        with engine.connect() as connection:
            chains = readable_chains(connection, desk.place, carrier())
            found, more = feed.entries(connection, body["after"], chains, body["limit"])
        return json_answer(f'{{"entries": {signed_list(found)}, "more": {json.dumps(more)}}}')

    @blueprint.route("/content/<string(length=64):name>", methods=["GET"])
    @blueprint.doc(
        responses={"200": {"description": "The bytes", "content": {"application/octet-stream": {"schema": _BINARY}}}}
    )
    @blueprint.alt_response(404, schema=ErrorAnswerSchema)
    def content(name: str) -> Response:
        """Give a content that the feed names by its SHA-256."""
        with engine.connect() as connection:
            need_introduced(connection, desk.place, carrier())
            found = get_content(connection, name)
        if found is None:
            raise CodedError("content.unknown", hash=name)
        answer = Response(found[1], content_type=found[0])
        answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return answer

    return blueprint
