"""Joining a study as a node: its own key, central's key pinned, the certificate checked; then the place is there."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from server.errors.error import CodedError
from server.services.collect.keys import node_private_key
from server.services.collect.links import read_join_link
from server.services.collect.tokens import token_hash
from server.services.collect.transport import HttpTransport
from server.settings import SETTINGS_FILE, Settings, write_settings
from server.storage.blobs import fsync_folder
from server.storage.keyfiles import NODE_KEY, SESSION_KEY, SIZE, write_key
from sync.carrier import Join
from sync.envelope.encoding import canonical, from_b64u
from sync.envelope.keys import device_id, signer_public_bytes
from sync.envelope.signed import FeedEntry
from sync.errors import SyncError

JOIN_PATH = "/sync/nodes"
DEFAULT_PORT = 8001


@dataclass(frozen=True, slots=True)
class NodePlan:
    """Where the node will lie and listen. ``central_url``: central as seen from here, if not as the link says."""

    folder: Path
    host: str = "127.0.0.1"
    port: int | None = None
    central_url: str | None = None


def join_study(link: str, plan: NodePlan, make_database: Callable[[Settings], None]) -> Settings:
    """Make a node's place; returns its settings.

    The settings file is written last: until then there is no node, and the same call goes on where it stopped, with
    the key that it made. ``make_database`` makes the tables of given settings.

    Raises ``CodedError``: ``join.link``, ``join.exists``, ``join.forged``, the codes that central answers, and
    ``sync.unreachable``.
    """
    content = read_join_link(link)
    if (plan.folder / SETTINGS_FILE).exists():
        raise CodedError("join.exists", path=str(plan.folder))
    central_key = _central_key(content["key"])
    settings = _settings(content, plan)
    key = _node_key(settings)
    node = device_id(signer_public_bytes(key))
    certificate = _ask(content, settings.central_url, key, central_key)
    if certificate.get("id") != node:
        raise CodedError("join.forged")
    settings = _settings(content, plan, node=node, sites=tuple(certificate["sites"]))
    for folder in (settings.blobs, settings.spool):
        folder.mkdir(mode=0o700, exist_ok=True)
    make_database(settings)
    write_settings(settings)
    fsync_folder(settings.place)
    return settings


def _central_key(text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(from_b64u(text))
    except ValueError:
        raise CodedError("join.link") from None


def _settings(content: Mapping[str, Any], plan: NodePlan, **known: Any) -> Settings:  # noqa: ANN401
    address = urlsplit(content["url"])
    return Settings(
        place=plan.folder.resolve(),
        role="node",
        study=content["study"],
        url=content["url"],
        host=plan.host,
        port=plan.port or address.port or DEFAULT_PORT,
        central_url=(plan.central_url or content["central"]).rstrip("/"),
        central_key=content["key"],
        app_origin=content["central"],
        **known,
    )


def _node_key(settings: Settings) -> EllipticCurvePrivateKey:
    settings.place.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = generate_private_key(SECP256R1())
    for name, secret in (
        (NODE_KEY, new.private_numbers().private_value.to_bytes(SIZE, "big")),
        (SESSION_KEY, secrets.token_bytes(SIZE)),
    ):
        # A key that an earlier try made is kept: central may know it already.
        with contextlib.suppress(CodedError):
            write_key(settings.keys, name, secret)
    return node_private_key(settings)


def _ask(
    content: Mapping[str, Any], url: str, key: EllipticCurvePrivateKey, central_key: Ed25519PublicKey
) -> Mapping[str, Any]:
    join = Join(content["study"], token_hash(content["token"])).sign(key)
    try:
        with HttpTransport(url) as transport:
            said = transport.enter_signed(JOIN_PATH, content["token"], "node", join)
    except SyncError as error:
        raise CodedError(error.code) from None
    try:
        entry = FeedEntry.read(canonical(said["entry"]), central_key)
    except (SyncError, ValueError, KeyError, TypeError):
        raise CodedError("join.forged") from None
    if (entry.study, entry.kind) != (content["study"], "node"):
        raise CodedError("join.forged")
    return entry.body
