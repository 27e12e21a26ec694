"""People who sign in at the desk: added, verified, their password changed, their sessions ended.

Passwords rest as Argon2id (RFC 9106, the second recommended parameters, as ``argon2-cffi`` has them by default).
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, Table, select, update
from sqlalchemy.exc import IntegrityError

from server.errors.error import CodedError
from server.place import Place
from server.storage.bulk import insert_row
from server.storage.carriers import User

DATA_MANAGER = "data_manager"
ROLES = (DATA_MANAGER,)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")
PASSWORD_AT_LEAST = 12
PASSWORD_AT_MOST = 256
"""Letters. The upper limit bounds the work that a stranger can cause."""

_hasher = PasswordHasher()
_user: Table = User.__table__  # type: ignore[assignment]
NOBODY = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    f"${'A' * (-(-_hasher.salt_len * 4 // 3))}${'A' * (-(-_hasher.hash_len * 4 // 3))}"
)
"""A hash that no password is known for: checked for an unknown name, so that it takes as long as for a known one."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the desk, without the password's hash."""

    id: int
    name: str
    role: str
    language: str | None
    session_key: str


def add_user(
    place: Place, name: str, password: str, *, role: str = DATA_MANAGER, language: str | None = None
) -> Account:
    """Add a person. Names differ by more than upper and lower case.

    Raises ``CodedError``: ``user.name.form``, ``user.name.taken``, ``user.role.unknown``, ``user.password.short``,
    ``user.password.long``.
    """
    if not NAME.fullmatch(name):
        raise CodedError("user.name.form")
    if role not in ROLES:
        raise CodedError("user.role.unknown", role=role)
    values = {
        "name": name.lower(),
        "password_hash": _hash(password),
        "role": role,
        "language": language,
        "session_key": secrets.token_urlsafe(32),
        "created_at": place.now(),
    }

    def operation(connection: Connection) -> None:
        insert_row(connection, _user, values)

    try:
        place.writer.run(operation)
    except IntegrityError:
        raise CodedError("user.name.taken", name=name) from None
    return _required(place, name)


def verify(place: Place, name: str, password: str) -> Account | None:
    """The person of this name if the password is theirs, else None, after the same work for unknown names."""
    row = _row(place, name)
    if len(password) > PASSWORD_AT_MOST:
        return None
    try:
        _hasher.verify(row.password_hash if row is not None else NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    if row is None:
        return None
    if _hasher.check_needs_rehash(row.password_hash):
        _change(place, row.id, password_hash=_hasher.hash(password))
    return _account(row)


def change_password(place: Place, name: str, password: str) -> Account:
    """Give a person a new password and end all their sessions.

    Raises ``CodedError``: ``user.unknown``, ``user.password.short``, ``user.password.long``.
    """
    account = _required(place, name)
    _change(place, account.id, password_hash=_hash(password), session_key=secrets.token_urlsafe(32))
    return _required(place, name)


def end_sessions(place: Place, name: str) -> None:
    """End all sessions of a person, wherever they signed in. Raises ``CodedError`` ``user.unknown``."""
    _change(place, _required(place, name).id, session_key=secrets.token_urlsafe(32))


def choose_language(place: Place, account: Account, language: str) -> None:
    """Remember the language that a person reads the desk in."""
    _change(place, account.id, language=language)


def account_of_session(place: Place, user_id: int, session_key: str) -> Account | None:
    """The person whom a session belongs to, if that session was not ended since."""
    with place.engine.connect() as connection:
        row = connection.execute(select(_user).where(_user.c.id == user_id)).one_or_none()
    if row is None or not hmac.compare_digest(row.session_key.encode(), session_key.encode()):
        return None
    return _account(row)


def _hash(password: str) -> str:
    if len(password) < PASSWORD_AT_LEAST:
        raise CodedError("user.password.short", least=PASSWORD_AT_LEAST)
    if len(password) > PASSWORD_AT_MOST:
        raise CodedError("user.password.long", most=PASSWORD_AT_MOST)
    return _hasher.hash(password)


def _row(place: Place, name: str) -> Row[tuple[object, ...]] | None:
    with place.engine.connect() as connection:
        return connection.execute(select(_user).where(_user.c.name == name.lower())).one_or_none()


def _required(place: Place, name: str) -> Account:
    row = _row(place, name)
    if row is None:
        raise CodedError("user.unknown", name=name)
    return _account(row)


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(row.id, row.name, row.role, row.language, row.session_key)


def _change(place: Place, user_id: int, **values: str) -> None:
    def operation(connection: Connection) -> None:
        connection.execute(update(_user).where(_user.c.id == user_id).values(**values))

    place.writer.run(operation)
