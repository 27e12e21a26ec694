"""What the other items of an instance mean for the next one: whose name is taken, and who was set aside."""

from __future__ import annotations

from sync.envelope.cover import RECORD_PART, holds_record

PART_OF_ASIDE = "settling.part_of_aside"
"""The code of a file that came after a record of its signer had been set aside."""
_COUNTING = ("held", "conflict")


class Siblings:
    """The items of some instances, as far as the fate of another one depends on them."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, str]] = set()
        self._records: set[tuple[str, str]] = set()
        self._aside: set[tuple[str, str]] = set()

    def note(self, instance: str, part: str, signer: str, state: str) -> None:
        """There is an item of that name in that state."""
        if state in _COUNTING:
            self._taken.add((instance, part))
        if part == RECORD_PART:
            if state in _COUNTING:
                self._records.add((instance, signer))
            elif state == "aside":
                self._aside.add((instance, signer))

    def fate(self, instance: str, part: str, signer: str) -> tuple[str, str | None]:
        """State and code of an item that nothing else is against.

        A photo or recording is set aside with its record, also when it comes later. Where its signer has another record
        that counts, nobody but a person can say to which of them it belongs. Checkpoints are no part of a record.
        """
        if not holds_record(part) and (instance, signer) in self._aside:
            return "conflict" if (instance, signer) in self._records else "aside", PART_OF_ASIDE
        return "conflict" if (instance, part) in self._taken else "held", None
