"""The load: a process of its own that keeps sockets open and sends requests that were made beforehand.

Reads ``{"port", "warm_up", "seconds", "clients": [[request, ...], ...]}`` (pickle) from the standard input. Each
client sends its next request when the answer to the last one is there. Writes JSON: answers in the measured time,
seconds, answers by status code, the first body of an answer that was no 200, and latencies in milliseconds.
"""

from __future__ import annotations

import json
import pickle
import selectors
import socket
import sys
import time
from collections import Counter
from typing import Any


class Client:
    """One connection with its requests."""

    def __init__(self, port: int, requests: list[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = iter(requests)
        self._received = b""
        self.sent_at = 0.0

    def send(self) -> bool:
        """Send the next request; False when there is none."""
        request = next(self._requests, None)
        if request is None:
            return False
        self._received = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)
        return True

    def receive(self) -> tuple[int, bytes] | None:
        """Status and body, when the answer is whole."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return None
        start = head.lower().index(b"content-length:") + 15
        if len(body) < int(head[start:].split(b"\r\n", 1)[0]):
            return None
        return int(head[9:12]), body


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Send everything, at most for the given time after the warm-up."""
    clients = [Client(plan["port"], requests) for requests in plan["clients"]]
    selector = selectors.DefaultSelector()
    for client in clients:
        client.send()
        selector.register(client.socket, selectors.EVENT_READ, client)
    warm_up, answered, statuses, first_problem = plan["warm_up"] * len(clients), 0, Counter[int](), ""
    started, latencies, busy = 0.0, [], len(clients)
    while busy and (not started or time.perf_counter() - started < plan["seconds"]):
        for key, _ in selector.select(timeout=60):
            client: Client = key.data
            answer = client.receive()
            if answer is None:
                continue
            now = time.perf_counter()
            answered += 1
            status, body = answer
            statuses[status] += 1
            if (status != 200 or b'"code":"' in body) and not first_problem:
                first_problem = body[:500].decode(errors="replace")
            if answered == warm_up:
                print("warm", file=sys.stderr, flush=True)
                started = time.perf_counter()
            elif started:
                latencies.append((now - client.sent_at) * 1000)
            if not client.send():
                selector.unregister(client.socket)
                busy -= 1
    seconds = time.perf_counter() - started
    print("done", file=sys.stderr, flush=True)
    latencies.sort()
    return {
        "answers": len(latencies),
        "seconds": seconds,
        "statuses": statuses,
        "first_problem": first_problem,
        "ms_median": latencies[len(latencies) // 2],
        "ms_99": latencies[len(latencies) * 99 // 100],
    }


if __name__ == "__main__":
    print(json.dumps(run(pickle.load(sys.stdin.buffer))))
