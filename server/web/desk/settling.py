"""What central keeps apart, why, and a person's decision about it."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from server.errors.catalogue import Text, explain
from server.errors.error import CodedError
from server.services.collect.keys import central_private_key
from server.services.collect.receipts import ReceiptBook
from server.services.collect.settling import REASON_AT_MOST, Decision, Wish, settle
from server.services.monitor.apart import ApartLine, read_apart, together
from server.web.desk.errors import explained
from server.web.desk.language import locale
from server.web.desk.tools import Tools, page

DECISIONS = frozenset({"held", "aside"})


def add_routes(desk: Blueprint, tools: Tools) -> None:
    """``/settling``."""

    def show(error: Text | None = None, status: int = 200) -> Response:
        with tools.place.engine.connect() as connection:
            waiting, aside = read_apart(connection), read_apart(connection, aside=True)
        return page(
            "settling.html",
            status=status,
            error=error,
            waiting=together(waiting),
            aside=together(aside),
            why=_why,
            most=REASON_AT_MOST,
        )

    def settling() -> Response:
        return show()

    def decide() -> Response:
        decision = request.form.get("decision", "")
        if decision not in DECISIONS:
            return show(*explained(CodedError("page.bad_request")))
        by = tools.signed_in().account.name
        reason = request.form.get("reason", "")
        wish = Wish(request.form.get("item", ""), cast("Decision", decision), reason, by)
        book = ReceiptBook(tools.place.settings.study, central_private_key(tools.place.settings))
        try:
            tools.place.writer.run(lambda connection: settle(connection, book, wish, tools.place.now()))
        except CodedError as error:
            return show(*explained(error))
        return redirect(url_for("desk.settling"), 303)

    desk.add_url_rule("/settling", "settling", settling)
    desk.add_url_rule("/settling", "decide", decide, methods=["POST"])


def _why(line: ApartLine) -> Text:
    return explain(line.code, {"device": line.device[:8], "node": line.carrier[:8]}, locale())
