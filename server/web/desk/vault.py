"""The vault: whether it is open, unlocking for a time, locking again."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from server.errors.catalogue import Text
from server.errors.error import CodedError
from server.web.desk.errors import explained
from server.web.desk.tools import Tools, page, way_back

LONGEST_PASSPHRASE = 1024
"""Letters that are passed on; the vault has its own limit below it."""


def add_routes(desk: Blueprint, tools: Tools) -> None:
    """``/vault``, ``/vault/unlock``, ``/vault/lock``."""

    def show(error: Text | None = None, status: int = 200) -> Response:
        current = tools.signed_in()
        state, others = "locked", False
        left = tools.grants.seconds_left(current.sign_in)
        try:
            vault = tools.vault.status()
        except CodedError as failed:
            state = "unreachable"
            if error is None:
                error, status = explained(failed)
        else:
            if left > 0 and vault.unlocked:
                state = "unlocked"
            else:
                others = vault.unlocked
        until = tools.place.now() + timedelta(seconds=left)
        return page(
            "vault.html",
            status=status,
            state=state,
            others=others,
            left=left,
            until=until,
            open_for=tools.place.settings.vault_open_for,
            next=request.values.get("next", ""),
            error=error,
        )

    def vault() -> Response:
        return show()

    def unlock() -> Response:
        current = tools.signed_in()
        passphrase = request.form.get("passphrase", "")[:LONGEST_PASSPHRASE]
        try:
            grant = tools.vault.unlock(passphrase, by=current.account.name)
        except CodedError as error:
            return show(*explained(error))
        tools.grants.keep(current.sign_in, grant)
        return redirect(way_back("desk.vault"), 303)

    def lock() -> Response:
        grant = tools.grants.drop(tools.signed_in().sign_in)
        if grant is not None:
            tools.vault.lock(grant, by=grant.by)
        return redirect(url_for("desk.vault"), 303)

    desk.add_url_rule("/vault", "vault", vault)
    desk.add_url_rule("/vault/unlock", "unlock", unlock, methods=["POST"])
    desk.add_url_rule("/vault/lock", "lock", lock, methods=["POST"])
