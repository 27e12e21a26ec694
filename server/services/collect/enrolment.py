"""Enrolment of tablets, at central: a link with a token, the device's own keys, a certificate and an intake key."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from sqlalchemy import Connection

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.devices import DeviceFacts, introduce, introduce_further, standing_of
from server.services.collect.feed import Feed
from server.services.collect.keys import central_public_key
from server.services.collect.links import ENROLMENT_PATH, write_link
from server.services.collect.receipts import ReceiptBook
from server.services.collect.standing import interviewer_key
from server.services.collect.study import study_facts
from server.services.collect.tokens import Token, add_token, find_token, token_hash, use_token
from server.services.collect.vaultkeys import IntakeKeyMaker, MadeIntakeKey
from sync.carrier import Enrolment
from sync.envelope.encoding import b64u
from sync.feed import device_chain


def make_enrolment_link(
    place: Place, feed: Feed, *, site: str, interviewer: str, uses: int | None, days: int | None
) -> str:
    """Make a token and the link that carries it. ``uses`` or ``days`` of None: without limit.

    Raises ``CodedError``: ``study.missing``, ``site.unknown``.
    """
    with place.engine.connect() as connection:
        facts = study_facts(connection, feed)
    facts.check_sites(site)
    token = place.writer.run(
        lambda connection: add_token(
            connection, "device", site=site, interviewer=interviewer, uses=uses, days=days, now=place.now()
        )
    )
    content: dict[str, object] = {
        "v": 1,
        "study": place.settings.study,
        "central": place.settings.url,
        "title": facts.title,
        "site": site,
        "site_title": facts.sites[site],
        "interviewer": interviewer,
        "token": token,
        "key": b64u(central_public_key(place.settings).public_bytes_raw()),
    }
    if facts.tablet is not None:
        content["tablet"] = facts.tablet
    return write_link(place.settings.url, ENROLMENT_PATH, content)


class Enrolments:
    """Enrols tablets at central."""

    def __init__(self, place: Place, feed: Feed, book: ReceiptBook, keys: IntakeKeyMaker) -> None:
        self._place = place
        self._feed = feed
        self._book = book
        self._keys = keys

    def enrol(self, token: str, document: Mapping[str, object]) -> list[bytes]:
        """Enrol the device that signed the document, or a further interviewer on it; returns the entries of its chain.

        A device that comes again with the same interviewer's token and key gets the same answer, also when the token
        is used up by now: its first answer may have been lost on the way.

        Raises ``EnvelopeError`` (``enrolment.field``, ``envelope.signature.wrong``), ``CodedError``:
        ``enrolment.study``, ``enrolment.site``, ``enrolment.token.unknown``, ``.expired``, ``.used_up``,
        ``device.revoked``, ``vault.unreachable``.
        """
        enrolment = Enrolment.read(document)
        if enrolment.study != self._place.settings.study:
            raise CodedError("enrolment.study")
        own_hash = token_hash(token)
        if not hmac.compare_digest(own_hash, enrolment.token_hash):
            raise CodedError("enrolment.token.unknown")
        with self._place.engine.connect() as connection:
            found = find_token(connection, "device", own_hash, self._place.now())
            standing = standing_of(connection, enrolment.id)
            key = interviewer_key(connection, enrolment.id, found.interviewer or "")
            if standing == "introduced" and key == enrolment.encryption_key:
                return self._answer(connection, enrolment.id)
        if standing == "revoked":
            raise CodedError("device.revoked", device=enrolment.id)
        if found.closed is not None:
            raise CodedError(found.closed)
        recovery_key = self._keys.study_public()
        intake_key = self._keys.new_intake_key() if standing != "introduced" else None
        facts = DeviceFacts(
            id=enrolment.id,
            site=found.site,
            interviewer=found.interviewer or "",
            name=enrolment.name,
            key=enrolment.key,
            encryption_key=enrolment.encryption_key,
            recovery_key=recovery_key,
        )
        return self._place.writer.run(lambda connection: self._introduce(connection, facts, found, intake_key))

    def _introduce(
        self, connection: Connection, facts: DeviceFacts, found: Token, intake_key: MadeIntakeKey | None
    ) -> list[bytes]:
        now = self._place.now()
        token = find_token(connection, "device", found.hash, now)
        standing = standing_of(connection, facts.id)
        if standing != "introduced" or interviewer_key(connection, facts.id, facts.interviewer) != facts.encryption_key:
            use_token(connection, token)
            if standing == "introduced":
                introduce_further(connection, self._feed, self._book, facts, now)
            else:
                introduce(connection, self._feed, self._book, facts, intake_key, now)
        return self._answer(connection, facts.id)

    def _answer(self, connection: Connection, device: str) -> list[bytes]:
        return self._feed.all_of(connection, device_chain(device))
