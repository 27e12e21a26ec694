"""What enrolment needs of the vault: fresh intake keys whose private halves never leave it unsealed."""

from __future__ import annotations

from typing import Protocol


class MadeIntakeKey(Protocol):
    """An intake key: its id, the public half (1216 bytes), the private half sealed to the vault."""

    @property
    def key(self) -> str:
        """The key id."""

    @property
    def public(self) -> bytes:
        """The public half."""

    @property
    def sealed_private(self) -> bytes:
        """The private half, sealed: only the vault opens it."""


class IntakeKeyMaker(Protocol):
    """The vault, as enrolment sees it."""

    def study_public(self) -> bytes:
        """The study's public key. Raises ``CodedError`` ``vault.unreachable`` where the vault does not answer."""

    def new_intake_key(self) -> MadeIntakeKey:
        """Make a key. Raises ``CodedError`` ``vault.unreachable`` where the vault does not answer."""
