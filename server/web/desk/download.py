"""The forms with their numbers, and each as a zip: made while it is sent, never on the disk."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from flask import Blueprint, abort
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from server.errors.error import CodedError
from server.services.monitor.forms import read_forms
from server.web.desk.tools import Tools, page

log = logging.getLogger(__name__)
NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9_-]+")


def add_routes(desk: Blueprint, tools: Tools) -> None:
    """``/export``, ``/export/FORM``."""

    def exports() -> Response:
        current = tools.signed_in()
        return page(
            "exports.html", forms=read_forms(tools.place), unlocked=tools.grants.of(current.sign_in) is not None
        )

    def download(form: str) -> Response:
        current = tools.signed_in()
        if form not in {each.id for each in read_forms(tools.place)}:
            abort(404)
        grant = tools.grants.of(current.sign_in)
        if grant is None:
            raise CodedError("vault.locked")
        pieces = tools.export(grant, form)
        # The first piece is made before the answer begins, so that what is wrong from the start becomes a page.
        first = next(pieces, b"")
        name = f"{NOT_IN_FILE_NAMES.sub('-', form)}-{tools.place.now():%Y-%m-%d-%H%M}.zip"
        response = FlaskResponse(_guarded(first, pieces), mimetype="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        return response

    desk.add_url_rule("/export", "exports", exports)
    desk.add_url_rule("/export/<form>", "download", download, methods=["POST"])


def _guarded(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield first
        yield from pieces
    except CodedError as error:
        # The status is sent already: breaking off is the only way to say that the zip is not whole.
        log.error("a download broke off: %s", error.code)  # noqa: TRY400  no words of the error in the log
        raise
