"""Rounds from the command line: waiting for one that runs already, and saying what went wrong."""

from __future__ import annotations

import time

import click

from server.errors.catalogue import explain
from server.errors.error import CodedError
from server.place import Place
from server.services.collect.rounds import RoundReport, run_round

WAIT_SECONDS = 60.0
ASK_SECONDS = 0.2


def waited_round(place: Place, *, reconcile: bool = False) -> RoundReport:
    """A round, as soon as none runs. Raises as ``run_round`` does, ``sync.running`` only after ``WAIT_SECONDS``."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return run_round(place, reconcile=reconcile)
        except CodedError as error:
            if error.code != "sync.running" or time.monotonic() > end:
                raise
        time.sleep(ASK_SECONDS)


def tell_codes(*codes: str | None) -> None:
    """Say what codes of the catalogue mean, on the error output."""
    for code in codes:
        if code is not None:
            text = explain(code, {})
            click.echo(f"{text.reason} {text.remedy} [{code}]", err=True)
