"""Who is signed in: the session cookie names a person, their session key and this sign-in; nothing else."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from server.place import Place
from server.services.operate.spent import is_spent, spend
from server.services.operate.users import Account, account_of_session

SIGN_IN = "sign_in"
SINCE = "since"
LANGUAGE = "language"
LASTS = timedelta(hours=12)
"""So long after the sign-in, whatever was done since, a person signs in again."""
ENDED_KEPT = 20_000


class Person(UserMixin):  # type: ignore[misc]
    """A signed-in person as Flask-Login sees them."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        """The person and the session key, so that changing the key ends their sessions."""
        return f"{self.account.id}.{self.account.session_key}"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person and the random name of this one sign-in."""

    account: Account
    sign_in: str


class Sessions:
    """Signs people in and out. A sign-in that was ended stays ended, also where its cookie was copied."""

    def __init__(self, app: Flask, place: Place) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._ended: OrderedDict[str, float] = OrderedDict()
        manager = LoginManager()
        manager.session_protection = None
        manager.user_loader(self._load)
        manager.init_app(app)

    def begin(self, account: Account) -> None:
        """Sign a person in, in a session that shares nothing with the one before but the language."""
        language = session.get(LANGUAGE)
        session.clear()
        session.permanent = True
        session[SIGN_IN] = secrets.token_urlsafe(16)
        session[SINCE] = int(time.time())
        if language is not None:
            session[LANGUAGE] = language
        login_user(Person(account))

    def end(self) -> None:
        """Sign out."""
        ended = str(session.get(SIGN_IN, ""))
        if self._place.shared:
            spend(self._place, "sign-in", ended, LASTS)
        with self._lock:
            self._ended[ended] = time.time()
            while len(self._ended) > ENDED_KEPT:
                self._ended.popitem(last=False)
        language = session.get(LANGUAGE)
        logout_user()
        session.clear()
        if language is not None:
            session[LANGUAGE] = language

    def current(self) -> SignedIn | None:
        """Who is signed in, or None."""
        if not current_user.is_authenticated:
            return None
        return SignedIn(current_user.account, session[SIGN_IN])

    def _load(self, user: str) -> Person | None:
        number, _, key = user.partition(".")
        sign_in, since = session.get(SIGN_IN), session.get(SINCE)
        if not number.isdecimal() or not isinstance(sign_in, str) or not isinstance(since, int):
            return None
        with self._lock:
            if sign_in in self._ended:
                return None
        if time.time() - since > LASTS.total_seconds():
            return None
        if self._place.shared and is_spent(self._place, "sign-in", sign_in):
            return None
        account = account_of_session(self._place, int(number), key)
        return Person(account) if account is not None else None
