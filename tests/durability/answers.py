"""The answers of a traced HTTP server, each with what would be left of its folder if the power failed as it began."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.durability.disk import Disk
from tests.durability.strace import Event

SENDING = frozenset({"write", "writev", "sendto", "sendmsg"})


@dataclass(slots=True)
class Answer:
    """An HTTP answer; ``survivors`` are the files that were durable before its first byte left."""

    said: bytes
    survivors: dict[Path, bytes]

    @property
    def status(self) -> int:
        """The number of the status line."""
        return int(self.said.split(b" ", 2)[1])


def answers_of(events: Iterable[Event], disk: Disk, port: int) -> list[Answer]:
    """All answers that the server on this port of 127.0.0.1 gave, in the order of their first bytes."""
    answers: list[Answer] = []
    last: dict[str, Answer] = {}
    for event in events:
        connection = event.call.target or ""
        if event.moment == "begin" and event.call.name in SENDING and connection.startswith(f"TCP:[127.0.0.1:{port}->"):
            data = event.call.data
            if data.startswith(b"HTTP/1.1 "):
                last[connection] = Answer(b"", disk.survivors())
                answers.append(last[connection])
            if connection in last:
                last[connection].said += data
        disk.feed(event)
    return answers
