"""The sync protocol over HTTP (deploy/docs/protocol.md): thin views over ``server.services.collect``."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_smorest import Api, Blueprint

from server.place import CENTRAL, Place
from server.services.collect.enrolment import Enrolments
from server.services.collect.feed import Feed
from server.services.collect.intake import Intake
from server.services.collect.keys import central_private_key
from server.services.collect.mirror import Mirror
from server.services.collect.nodes import Joinings
from server.services.collect.offers import Offers
from server.services.collect.receipts import ReceiptBook
from server.services.collect.reception import Reception
from server.services.collect.recovery import Recoveries
from server.services.collect.sessions import Sessions
from server.services.collect.uploads import Uploads
from server.services.collect.vaultkeys import IntakeKeyMaker
from server.services.operate.spent import spend
from server.storage.keyfiles import SESSION_KEY, read_key
from server.web.sync import comparing, down, entering, files, opening, up
from server.web.sync.answers import Desk, Slots
from server.web.sync.packed import Packed
from server.web.sync.shortcut import Shortcut
from server.web.sync.tus import MethodOverride
from sync.protocol import CHALLENGE_SECONDS, Limits

CHALLENGE_LASTS = timedelta(seconds=CHALLENGE_SECONDS)
THREADS_FOR_OTHERS = 16
"""Threads that uploads never take, so that a page or a receipt is answered while many deliver."""


class NoCookieSessions(SecureCookieSessionInterface):
    """Sessions of the desk by cookie; under ``/sync`` there are none, so none is looked for."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request, or None."""
        return None if request.path.startswith("/sync/") else super().open_session(app, request)


def register(
    app: Flask, api: Api, place: Place, keys: IntakeKeyMaker | None, limits: Limits | None = None
) -> list[Blueprint]:
    """Put the routes of a place under ``/sync`` and into the OpenAPI document; returns their blueprints.

    ``keys`` makes intake keys; it is needed at central and nowhere else. A carrier proves itself with each call by a
    bearer session, never by a cookie: these blueprints need no protection against forged requests of a browser.
    Raises ``CodedError`` as ``read_key`` does.
    """
    limits = limits or Limits()
    settings = place.settings
    once = partial(spend, place, "challenge", lasts=CHALLENGE_LASTS) if place.shared else None
    sessions = Sessions(read_key(settings.keys, SESSION_KEY), first_use=once)
    desk = Desk(place, sessions, Slots(max(4, settings.threads - THREADS_FOR_OTHERS)), limits)
    feed = Feed.of(place)
    intake = Intake.of(place, limits)
    take = up.batch_taker(desk, intake)
    book = ReceiptBook(settings.study, central_private_key(settings)) if place.id == CENTRAL else None
    blueprints = [
        opening.make_blueprint(desk, Reception(place, sessions, book)),
        up.make_blueprint(desk, take, Offers(place)),
        files.make_blueprint(desk, Uploads(place, intake)),
        down.make_blueprint(desk, feed),
        comparing.make_blueprint(desk, Mirror(place)),
    ]
    if book is not None and keys is not None:
        enrolments = Enrolments(place, feed, book, keys)
        blueprints.append(entering.make_blueprint(desk, enrolments, Recoveries(place), Joinings(place, feed)))
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    shortcut = Shortcut(MethodOverride(app.wsgi_app, files.PREFIX), desk, take)
    app.wsgi_app = Packed(shortcut)  # type: ignore[method-assign]
    return blueprints
