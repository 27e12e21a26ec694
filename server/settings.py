"""The settings of a place: one frozen object, read once from ``feldbuch.toml`` and the environment.

A *place* is a folder that holds everything a central or a node keeps: settings, keys, database, blobs, spool.
There is no setting with a secret in it and no secret with a default: secrets lie as files under ``keys/``, made by
``feldbuch init`` or ``feldbuch node join``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from server.errors.error import CodedError
from sync.errors import SyncError
from sync.pace import Plan

Role = Literal["central", "node"]
SETTINGS_FILE = "feldbuch.toml"
ENVIRONMENT_PREFIX = "FELDBUCH_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs from place to place. Times are in seconds, sizes in bytes."""

    place: Path
    role: Role
    study: str
    url: str
    """Base address under which others reach this place, without a trailing slash."""
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 64
    access_log: bool = False
    """Say a line for each request: method, route, status, time. It costs about a tenth of the rate."""
    log_format: str = "text"
    """``text`` or ``json``: how a line of the log is written."""
    proxies: int = 0
    """How many proxies of our own stand before this place. From so many, the address of a caller is believed."""
    database: str = ""
    """SQLAlchemy address; empty means the SQLite file ``feldbuch.db`` of the place. At central also PostgreSQL."""

    # central
    blob_store: str = ""
    """``s3://bucket/prefix``; empty means the folder ``blobs`` of the place."""
    node_origins: tuple[str, ...] = ()
    """Origins of nodes that the tablet app may call: they stand in its content security policy."""
    backup_target: str = ""
    backup_every: int = 3600
    backup_full_days: int = 7
    """After so many days a backup also reads the blobs of earlier ones again."""
    backups_kept: int = 2
    """The newest ones that are kept in any case, never fewer than two."""
    backups_all_hours: int = 48
    backups_daily: int = 14
    backups_weekly: int = 8
    backups_monthly: int = 12
    vault_open_for: int = 1800
    vault_external: bool = False
    """True where the vault runs as a service of its own; else ``serve`` starts it."""

    # node
    node: str = ""
    sites: tuple[str, ...] = ()
    central_url: str = ""
    central_key: str = ""
    """Central's public signing key, base64url: pinned when the node joined."""
    app_origin: str = ""
    """The one origin whose pages may call this node: central's, where the tablet app comes from."""
    sync_every: int = 30
    uplink: str = ""
    """How fast it may send to central, by time of day (``sync.pace.Plan``); empty: as central says, else unlimited."""
    uplink_metered: str = "no"
    """``no``, ``yes``, or ``auto``: NetworkManager is asked. On a metered line only records go."""
    keep_delivered_days: int = 0
    """How long bytes are kept at least, also when they may be pruned."""

    # both
    free_space_kept: int = 64 * 1024 * 1024
    """An intake that would leave less free space than this is answered 507."""
    unknown_device_bytes: int = 256 * 1024 * 1024
    unknown_devices_bytes: int = 2 * 1024 * 1024 * 1024
    """What may wait from one device that is not introduced, and from all of them together."""
    device_bytes: int = 64 * 1024 * 1024 * 1024
    languages: tuple[str, ...] = field(default=("de", "en"))
    """Languages of the desk, the first one by default."""

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database or f"sqlite:///{self.place / 'feldbuch.db'}"

    @property
    def shares_database(self) -> bool:
        """Whether several processes may serve this place: its database is a server's, not a file."""
        return bool(self.database) and not self.database.startswith("sqlite")

    @property
    def keys(self) -> Path:
        """Folder of the secrets, mode 0700."""
        return self.place / "keys"

    @property
    def blobs(self) -> Path:
        """Folder of sealed bodies above 64 KiB."""
        return self.place / "blobs"

    @property
    def spool(self) -> Path:
        """Folder of uploads under way: sealed bytes only."""
        return self.place / "spool"

    @property
    def vault(self) -> Path:
        """Folder of the vault: its wrapped key, its socket and its audit log."""
        return self.place / "vault"


def read_settings(place: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read ``feldbuch.toml`` of a place; ``FELDBUCH_<NAME>`` in the environment wins.

    Raises ``CodedError``: ``settings.missing`` (no such file), ``settings.unreadable``, ``settings.unknown``,
    ``settings.wrong`` (with the name and what is expected).
    """
    path = place / SETTINGS_FILE
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise CodedError("settings.missing", path=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CodedError("settings.unreadable", path=str(path), detail=str(error)) from None
    known = {each.name: str(each.type) for each in fields(Settings) if each.name != "place"}
    for name in document:
        if name not in known:
            raise CodedError("settings.unknown", name=name, path=str(path))
    for name, kind in known.items():
        text = environment.get(ENVIRONMENT_PREFIX + name.upper())
        if text is not None:
            document[name] = _from_text(name, text, kind)
    values = {name: _checked(name, value, known[name]) for name, value in document.items()}
    missing = [name for name in ("role", "study", "url") if not values.get(name)]
    if missing:
        raise CodedError("settings.wrong", name=missing[0], expected="a value", path=str(path))
    if values["role"] not in ("central", "node"):
        raise CodedError("settings.wrong", name="role", expected="central or node", path=str(path))
    if values.get("log_format", "text") not in ("text", "json"):
        raise CodedError("settings.wrong", name="log_format", expected="text or json", path=str(path))
    if values.get("uplink_metered", "no") not in ("no", "yes", "auto"):
        raise CodedError("settings.wrong", name="uplink_metered", expected="no, yes or auto", path=str(path))
    try:
        Plan.read(values.get("uplink", ""))
    except SyncError:
        expected = "a plan such as 06:00-20:00 64, else unlimited"
        raise CodedError("settings.wrong", name="uplink", expected=expected, path=str(path)) from None
    if values["role"] == "node":
        for name in ("database", "blob_store"):
            if values.get(name):
                raise CodedError("settings.wrong", name=name, expected="empty at a node", path=str(path))
    return Settings(place=place.resolve(), **values)


def write_settings(settings: Settings) -> None:
    """Write what differs from the defaults to ``feldbuch.toml`` of the place."""
    lines = ["# The settings of this place. deploy/docs/settings.md describes each."]
    for each in fields(Settings):
        value = getattr(settings, each.name)
        if each.name != "place" and value != each.default and value != ():
            lines.append(f"{each.name} = {_to_toml(value)}")
    (settings.place / SETTINGS_FILE).write_text("\n".join(lines) + "\n", "utf-8")


def _to_toml(value: str | int | bool | tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_to_toml(each) for each in value) + "]"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _from_text(name: str, text: str, kind: str) -> Any:  # noqa: ANN401
    if kind == "int":
        if not text.isdecimal():
            raise CodedError("settings.wrong", name=name, expected="a whole number", path="environment")
        return int(text)
    if kind == "bool":
        return text.lower() in ("1", "true", "yes")
    if kind.startswith("tuple"):
        return [each.strip() for each in text.split(",") if each.strip()]
    return text


def _checked(name: str, value: object, kind: str) -> Any:  # noqa: ANN401
    if kind.startswith("tuple"):
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise CodedError("settings.wrong", name=name, expected="a list of texts", path=SETTINGS_FILE)
        return tuple(value)
    expected = {"int": int, "bool": bool}.get(kind, str)
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        words = {int: "a whole number", bool: "true or false", str: "a text"}
        raise CodedError("settings.wrong", name=name, expected=words[expected], path=SETTINGS_FILE)
    return value
