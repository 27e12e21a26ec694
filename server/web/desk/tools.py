"""What the pages of the desk share, handed to each of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from server.errors.error import CodedError
from server.place import Place
from server.services.monitor.remembered import Remembered
from server.services.operate.users import Account
from server.vault.client import Grant, VaultClient
from server.web import headers
from server.web.desk.attempts import Attempts
from server.web.desk.grants import Grants
from server.web.desk.session import Sessions, SignedIn

Export = Callable[[Grant, str], Iterator[bytes]]
"""The bytes of a form's zip, by a grant of the vault and the form's id."""
PASSWORDS_AT_ONCE = 4
"""Each takes 64 MiB for a moment."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The collaborators of the desk."""

    place: Place
    vault: VaultClient
    sessions: Sessions
    grants: Grants
    attempts: Attempts
    export: Export
    remembered: Remembered = field(default_factory=Remembered)
    """What the ledger counted last."""
    passwords: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(PASSWORDS_AT_ONCE))

    def signed_in(self) -> SignedIn:
        """Who is signed in. Raises ``CodedError`` ``signin.needed``."""
        current = self.sessions.current()
        if current is None:
            raise CodedError("signin.needed")
        return current

    def account(self) -> Account | None:
        """The person who is signed in, or None."""
        current = self.sessions.current()
        return current.account if current is not None else None


def page(template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
    """A rendered page under the desk's content security policy; nobody may keep a copy."""
    response = make_response(render_template(template, **values), status)
    response.headers[headers.CSP_HEADER] = headers.DESK
    response.headers["Cache-Control"] = "no-store"
    return response


def way_back(default: str = "desk.ledger") -> str:
    """Where ``next`` of the form or the address leads, if that is a page of this desk; else the default."""
    target = request.values.get("next", "")
    parts = urlsplit(target)
    here = target.startswith("/") and not target.startswith("//") and "\\" not in target
    printable = all(" " < letter <= "~" for letter in target)
    if here and printable and not parts.scheme and not parts.netloc:
        return target
    return url_for(default)
