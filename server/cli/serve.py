"""``feldbuch serve``: run a central or a node."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from server.cli.options import place_option
from server.errors.error import CodedError
from server.services.operate.log import Format, log_config, make_formatter
from server.settings import Settings
from server.vault.process import vault_of

LOCK_FILE = "serve.lock"
WORKER = "server.wsgi:served"
UPGRADE = "--upgrade"
CONNECTIONS = 1024
"""Open connections, most of them idle: tablets keep theirs. ``threads`` bounds the requests at work."""
STOP_SECONDS = 15
PORT_SECONDS = 3.0
"""How long a port may still be held by a server that was killed a moment ago."""


@click.command()
@place_option
@click.option("--upgrade", is_flag=True, help="Bring the database to this version first. Make a backup before.")
@click.option("--stop-with-input", is_flag=True, help="Stop when the standard input ends, as the demo's parts do.")
def serve(settings: Settings, upgrade: bool, stop_with_input: bool) -> None:
    """Run the central or node of a place until Ctrl-C.

    One process listens and one worker does all the work, with many threads and one that writes. At central the vault
    runs beside it as a process of its own, unless the setting vault_external says that it is a service.

    A central on PostgreSQL may be served by several such processes, each at a port of its own.
    """
    signal.signal(signal.SIGTERM, _end)
    if stop_with_input:
        threading.Thread(target=_stop_with_input, name="input-watch", daemon=True).start()
    with only_server(settings.place, settings.port if settings.shares_database else None):
        refuse_taken_port(settings.host, settings.port)
        prepare(settings, upgrade)
        with contextlib.ExitStack() as children:
            if settings.role == "central" and not settings.vault_external:
                children.enter_context(vault_of(settings))
            greet(settings)
            run_server(settings)


@contextlib.contextmanager
def only_server(place: Path, port: int | None = None) -> Iterator[None]:
    """Hold the lock of a place. Raises ``CodedError`` ``serve.running`` where another process holds it.

    ``port``: where several processes may serve the place, each at a port of its own; they keep away only whoever wants
    it for itself, as ``feldbuch restore`` does.
    """
    with _locked(place, LOCK_FILE, fcntl.LOCK_EX if port is None else fcntl.LOCK_SH):
        if port is None:
            yield
        else:
            with _locked(place, f"serve.{port}.lock", fcntl.LOCK_EX):
                yield


@contextlib.contextmanager
def _locked(place: Path, name: str, how: int) -> Iterator[None]:
    descriptor = os.open(place / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CodedError("serve.running", place=str(place)) from None
        yield
    finally:
        os.close(descriptor)


def refuse_taken_port(host: str, port: int) -> None:
    """See that nobody listens there; granian would share the port without a word.

    Raises ``CodedError``: ``serve.port.taken``, ``serve.host``.
    """
    end = time.monotonic() + PORT_SECONDS
    while (problem := _try_port(host, port)) is not None:
        if problem != errno.EADDRINUSE:
            raise CodedError("serve.host", host=host)
        if time.monotonic() > end:
            raise CodedError("serve.port.taken", host=host, port=port)
        time.sleep(0.1)


def _try_port(host: str, port: int) -> int | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.errno or errno.EADDRNOTAVAIL
    return None


def prepare(settings: Settings, upgrade: bool) -> None:
    """Have the database checked, and upgraded where that is asked for, by a process that ends; this one stays small.

    Ends this process with 1 where the other one has said what is wrong.
    """
    command = [sys.executable, "-m", "server.cli.prepare", str(settings.place)]
    done = subprocess.run([*command, UPGRADE] if upgrade else command, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        sys.exit(1)


def run_server(settings: Settings) -> None:
    """Run granian with one worker until a signal ends it; requests under way are answered first."""
    os.environ["FELDBUCH_PLACE"] = str(settings.place)
    # A worker that was forked would share what its parent has open; one that is spawned starts clean.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        WORKER,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=settings.threads,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        websockets=False,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,
        log_dictconfig=log_config(log_form(settings), log_place(settings)),
    )
    # A reload would run two workers beside one another for a moment, and there may be one writer only.
    server.on_startup(_ignore_hangup)
    try:
        server.serve()
    except SystemExit:
        # A Ctrl-C in a terminal reaches the worker too, which granian takes for a failure.
        if not server.interrupt_signal:
            raise


def greet(settings: Settings) -> None:
    """Say that the place is about to be served: to a person, or as a line of the log where that is JSON."""
    words = f"{settings.role.capitalize()} of '{settings.study}' at {settings.url}. Ctrl-C stops it."
    if log_form(settings) == "json":
        record = logging.LogRecord("feldbuch.serve", logging.INFO, __file__, 0, words, None, None)
        words = make_formatter("json", log_place(settings)).format(record)
    click.echo(words)


def log_form(settings: Settings) -> Format:
    """How lines of the log are written."""
    return "json" if settings.log_format == "json" else "text"


def log_place(settings: Settings) -> str:
    """What a place is called in its log: ``central``, or the beginning of a node's id."""
    return settings.node[:8] or settings.role


def _ignore_hangup() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _end(_number: int, _frame: object) -> None:
    sys.exit(0)


def _stop_with_input() -> None:
    """Ask this process to end when its standard input does, as it does when the process that holds it is gone."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
