"""``/sync/enrolment``, ``/sync/recovery``, ``/sync/nodes``, at central only: how a study is entered."""

# flask-smorest has no types.
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from server.services.collect.enrolment import Enrolments
from server.services.collect.nodes import Joinings
from server.services.collect.recovery import Recoveries
from server.web.sync.answers import Desk, as_json, json_answer, open_to_all, prepare, signed_json, signed_list
from server.web.sync.schemas import (
    EnrolledSchema,
    EnrolmentSchema,
    ErrorAnswerSchema,
    JoinedSchema,
    JoinSchema,
    KeptSchema,
    RecoverySchema,
)


def make_blueprint(desk: Desk, enrolments: Enrolments, recoveries: Recoveries, joinings: Joinings) -> Blueprint:
    """The routes of enrolment; a token or a device's own signature takes the place of a session."""
    blueprint = Blueprint("sync_entering", __name__, url_prefix="/sync", description="Enrolment of tablets and nodes")
    open_to_all(blueprint, "enrol", "recover", "join")
    prepare(blueprint, desk)

    @blueprint.route("/enrolment", methods=["POST"])
    @blueprint.arguments(EnrolmentSchema)
    @blueprint.response(200, EnrolledSchema)
    @blueprint.alt_response(403, schema=ErrorAnswerSchema)
    def enrol(body: dict[str, Any]) -> Response:
        """Certify a tablet by the token of its link."""
        with desk.slots.taken():
            entries = enrolments.enrol(body["token"], body["enrolment"])
        return json_answer(f'{{"entries": {signed_list(entries)}}}')

    @blueprint.route("/recovery", methods=["POST"])
    @blueprint.arguments(RecoverySchema)
    @blueprint.response(200, KeptSchema)
    @blueprint.alt_response(403, schema=ErrorAnswerSchema)
    def recover(body: dict[str, Any]) -> Response:
        """Keep what opens a forgotten PIN; only the vault reads it."""
        with desk.slots.taken():
            recoveries.keep(body["recovery"])
        return as_json({"kept": True})

    @blueprint.route("/nodes", methods=["POST"])
    @blueprint.arguments(JoinSchema)
    @blueprint.response(200, JoinedSchema)
    @blueprint.alt_response(403, schema=ErrorAnswerSchema)
    def join(body: dict[str, Any]) -> Response:
        """Certify a node by the token of its link."""
        with desk.slots.taken():
            entry = joinings.join(body["token"], body["node"])
        return json_answer(f'{{"entry": {signed_json(entry)}}}')

    return blueprint
