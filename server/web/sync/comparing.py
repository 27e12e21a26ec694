"""``/sync/reconcile``: what is held from a carrier, so that it can compare."""

# flask-smorest has no types.
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from server.services.collect.mirror import Mirror
from server.web.sync.answers import Desk, Slots, as_json, carrier, prepare
from server.web.sync.schemas import (
    ErrorAnswerSchema,
    FoundSchema,
    HashesSchema,
    KeptSchema,
    NamesSchema,
    PartsSchema,
    ReconcileSchema,
)

AT_ONCE = 2
"""Comparisons that are answered at the same time: each may read through an index of all items of its carrier.
One of each carrier: none keeps the others from comparing."""


def make_blueprint(desk: Desk, mirror: Mirror) -> Blueprint:
    """The routes of reconciliation."""
    blueprint = Blueprint("sync_reconcile", __name__, url_prefix="/sync/reconcile", description="Reconciliation")
    prepare(blueprint, desk)
    slots = Slots(AT_ONCE, of_one=1)

    @blueprint.route("", methods=["POST"])
    @blueprint.arguments(ReconcileSchema)
    @blueprint.response(200, PartsSchema)
    @blueprint.alt_response(403, schema=ErrorAnswerSchema)
    def parts(body: dict[str, Any]) -> Response:
        """Say what is held from the caller under each prefix."""
        with slots.taken(carrier().id):
            found = mirror.parts(carrier(), body["prefixes"])
        return as_json({"parts": [each.json() for each in found]})

    @blueprint.route("/names", methods=["POST"])
    @blueprint.arguments(HashesSchema)
    @blueprint.response(200, NamesSchema)
    @blueprint.alt_response(403, schema=ErrorAnswerSchema)
    def names(body: dict[str, Any]) -> Response:
        """Say what items of the caller's set are called."""
        found = mirror.names(carrier(), body["hashes"])
        return as_json({"items": [None if each is None else asdict(each) for each in found]})

    @blueprint.route("/found", methods=["POST"])
    @blueprint.arguments(FoundSchema)
    @blueprint.response(200, KeptSchema)
    @blueprint.alt_response(403, schema=ErrorAnswerSchema)
    def found(body: dict[str, Any]) -> Response:
        """Take the caller's word on what it found."""
        mirror.keep(carrier(), body)
        return as_json({"kept": True})

    return blueprint
