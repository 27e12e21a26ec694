"""The data manager's desk: server-rendered pages at central, open to nobody who is not signed in."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, request
from flask_wtf import CSRFProtect

from server.errors.error import CodedError
from server.place import Place
from server.services.operate.users import DATA_MANAGER
from server.vault.client import VaultClient
from server.web.desk import download, errors, language, ledger, settling, signin, vault
from server.web.desk.attempts import Attempts
from server.web.desk.grants import Grants
from server.web.desk.session import LASTS, Sessions
from server.web.desk.tools import Export, Tools

PUBLIC = frozenset({"desk.sign_in", "desk.sign_in_now", "desk.language"})
"""What answers without a sign-in. Everything else of the desk refuses, new pages too."""
FROM_HERE = frozenset({"same-origin", "none"})


def init_app(app: Flask, place: Place, vault_client: VaultClient, export: Export) -> None:
    """Add the desk to central's application."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below for the desk; the protocol's calls carry no cookie
        WTF_CSRF_TIME_LIMIT=None,  # a token lasts as long as its session
        WTF_CSRF_SSL_STRICT=False,  # would ask for the Referer that our own policy withholds
        PERMANENT_SESSION_LIFETIME=LASTS,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    csrf = CSRFProtect(app)
    tools = Tools(place, vault_client, Sessions(app, place), Grants(), Attempts(), export)
    language.init_app(app, place)
    desk = Blueprint("desk", __name__)

    def admit() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            if request.headers.get("Sec-Fetch-Site", "none") not in FROM_HERE:
                abort(400)
            csrf.protect()
        if request.endpoint not in PUBLIC:
            account = tools.signed_in().account
            if account.role != DATA_MANAGER:
                raise CodedError("page.forbidden")

    desk.before_request(admit)
    desk.context_processor(
        lambda: {
            "account": tools.account(),
            "languages": [(each, language.NAMES.get(each, each)) for each in place.settings.languages],
            "language": language.locale(),
            "study": place.settings.study,
        }
    )
    for each in (signin, ledger, settling, vault, download):
        each.add_routes(desk, tools)
    errors.init_blueprint(desk)
    errors.init_app(app)
    app.register_blueprint(desk)
