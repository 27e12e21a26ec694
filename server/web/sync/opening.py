"""``/sync/hello``: who is here, and the signed word of the one who comes."""

# flask-smorest has no types.
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import json
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from server.services.collect.reception import Reception
from server.web.sync.answers import Desk, as_json, json_answer, limits_json, open_to_all, prepare, signed_json
from server.web.sync.schemas import ErrorAnswerSchema, GreetingSchema, HelloSchema, WelcomeSchema
from sync.protocol import CAPABILITIES, SESSION_SECONDS, VERSION


def make_blueprint(desk: Desk, reception: Reception) -> Blueprint:
    """The routes of opening a conversation; they need no session."""
    blueprint = Blueprint("sync_opening", __name__, url_prefix="/sync", description="Opening: hello")
    open_to_all(blueprint, "greet", "hello")
    prepare(blueprint, desk)

    @blueprint.route("/hello", methods=["GET"])
    @blueprint.response(200, GreetingSchema)
    def greet() -> Response:
        """Say who this place is and give a challenge."""
        place = desk.place
        return as_json(
            {
                "v": VERSION,
                "role": place.role,
                "id": place.id,
                "study": place.settings.study,
                "challenge": desk.sessions.challenge(),
                "capabilities": list(CAPABILITIES),
                "limits": limits_json(desk.limits),
            }
        )

    @blueprint.route("/hello", methods=["POST"])
    @blueprint.arguments(HelloSchema)
    @blueprint.response(200, WelcomeSchema)
    @blueprint.alt_response(403, schema=ErrorAnswerSchema)
    def hello(body: dict[str, Any]) -> Response:
        """Take a carrier's signed hello and give it a session."""
        with desk.slots.taken():
            welcome = reception.welcome(body["hello"], body["relayed"])
        said = {
            "session": welcome.session,
            "expires_in": SESSION_SECONDS,
            "standing": welcome.standing,
            "epoch": welcome.epoch,
            "pause": 0,
            "limits": limits_json(desk.limits),
        }
        return json_answer(json.dumps(said)[:-1] + f', "mark": {signed_json(welcome.mark)}}}')

    return blueprint
