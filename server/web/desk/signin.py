"""Signing in and out, the language, the password."""

from __future__ import annotations

import math

from flask import Blueprint, abort, redirect, request, session, url_for
from werkzeug.wrappers import Response

from server.errors.error import CodedError
from server.services.operate.users import Account, change_password, choose_language, verify
from server.web.desk.errors import explained
from server.web.desk.session import LANGUAGE
from server.web.desk.tools import Tools, page, way_back

PASSWORDS_WAIT = 10.0
"""Seconds that a sign-in waits while others are being checked."""


def add_routes(desk: Blueprint, tools: Tools) -> None:
    """``/sign-in``, ``/sign-out``, ``/language``, ``/account``."""

    def sign_in() -> Response:
        if tools.sessions.current() is not None:
            return redirect(way_back(), 303)
        return page("sign_in.html", next=request.args.get("next", ""), name="", error=None)

    def sign_in_now() -> Response:
        name, password = request.form.get("name", "")[:200].strip(), request.form.get("password", "")
        try:
            account = _checked(tools, name, password)
        except CodedError as error:
            text, status = explained(error)
            answer = page("sign_in.html", status=status, next=request.form.get("next", ""), name=name, error=text)
            if "seconds" in error.params:
                answer.headers["Retry-After"] = str(error.params["seconds"])
            return answer
        tools.sessions.begin(account)
        return redirect(way_back(), 303)

    def sign_out() -> Response:
        grant = tools.grants.drop(tools.signed_in().sign_in)
        tools.sessions.end()
        if grant is not None:
            tools.vault.lock(grant, by=grant.by)
        return redirect(url_for("desk.sign_in"), 303)

    def choose() -> Response:
        language = request.form.get("language", "")
        if language not in tools.place.settings.languages:
            abort(400)
        session[LANGUAGE] = language
        account = tools.account()
        if account is not None:
            choose_language(tools.place, account, language)
        return redirect(way_back(), 303)

    def account() -> Response:
        return page("account.html", error=None)

    def new_password() -> Response:
        current = tools.signed_in()
        new = request.form.get("new", "")
        try:
            _check_same(new, request.form.get("again", ""))
            known = _checked(tools, current.account.name, request.form.get("old", ""))
            changed = change_password(tools.place, known.name, new)
        except CodedError as error:
            text, status = explained(error)
            return page("account.html", status=status, error=text)
        tools.sessions.begin(changed)
        return redirect(url_for("desk.ledger"), 303)

    desk.add_url_rule("/sign-in", "sign_in", sign_in)
    desk.add_url_rule("/sign-in", "sign_in_now", sign_in_now, methods=["POST"])
    desk.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])
    desk.add_url_rule("/language", "language", choose, methods=["POST"])
    desk.add_url_rule("/account", "account", account)
    desk.add_url_rule("/account", "new_password", new_password, methods=["POST"])


def _checked(tools: Tools, name: str, password: str) -> Account:
    key, address = name.lower(), request.remote_addr or ""
    wait = tools.attempts.begin(key, address)
    if wait > 0:
        raise CodedError("signin.wait", seconds=math.ceil(wait))
    if not tools.passwords.acquire(timeout=PASSWORDS_WAIT):
        raise CodedError("signin.busy", seconds=math.ceil(PASSWORDS_WAIT))
    try:
        account = verify(tools.place, name, password)
    finally:
        tools.passwords.release()
    if account is None:
        raise CodedError("signin.wrong")
    tools.attempts.succeeded(key, address)
    return account


def _check_same(new: str, again: str) -> None:
    if new != again:
        raise CodedError("user.password.differs")
