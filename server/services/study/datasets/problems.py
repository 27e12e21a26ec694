"""What is wrong with a file, all of it at once: each problem is an error of the catalogue with row and column."""

from __future__ import annotations

from collections.abc import Sequence

from server.errors.error import CodedError

MOST = 100
"""So many problems are kept; of the rest only the number."""
SHOWN = 40
"""Letters of a value that a message shows."""


class DatasetErrors(Exception):  # noqa: N818  several errors in one: the plural says it
    """Why a file is not taken in; ``problems`` is never empty. ``more`` counts those that are not listed."""

    def __init__(self, problems: Sequence[CodedError], more: int = 0) -> None:
        self.problems = tuple(problems)
        self.more = more
        super().__init__("; ".join(str(each) for each in self.problems[:20]))


class Problems:
    """Gathers problems while a file is read."""

    def __init__(self) -> None:
        self._found: list[CodedError] = []
        self._more = 0

    def add(self, problem: CodedError) -> None:
        """Take one in."""
        if len(self._found) < MOST:
            self._found.append(problem)
        else:
            self._more += 1

    def raise_any(self) -> None:
        """Raise ``DatasetErrors`` where there are any."""
        if self._found:
            raise DatasetErrors(self._found, self._more)


def shown(value: str) -> str:
    """The beginning of a value, so that a message stays readable."""
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
