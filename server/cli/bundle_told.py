"""What ``feldbuch bundle`` says of what it did: in sentences and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from server.errors.catalogue import explain
from server.services.collect.bundles.hearing import StickHeard
from server.services.collect.bundles.inward import PieceRead, StickRead
from server.services.collect.bundles.outward import Written

NO_FAULT = frozenset({"bundle.stale"})
"""Codes that are told and no reason to end with 1."""


def tell_written(written: Written, folder: Path, role: str, *, quiet: bool) -> bool:
    """Tell what was written; whether that is everything."""
    say = _nobody if quiet else click.echo
    whom = "central" if role == "node" else f"node {written.node[:8]}"
    what = "items" if role == "node" else "documents"
    for path in written.aside:
        say(f"{path.name}: was damaged and is put aside. It may be removed.")
    there = f" {written.there} stood there already." if written.there else ""
    if written.files:
        counted = f"{_number(written.items, what)} in {_number(len(written.files), 'files')}"
        say(f"For {whom}: {counted}, {_size(written.bytes)}, written to {folder}.{there}")
        where = "at central" if role == "node" else "at the node"
        say(f"Next: carry the stick, and run {where}: feldbuch bundle read DIR")
    elif written.problem is None and not written.left:
        say(f"For {whom}: nothing new.{there}")
    if written.unreadable:
        _explain("outbox.unreadable", {}, f" ({_number(written.unreadable, 'items')})")
    if written.left:
        say(f"Not on this stick: {_number(written.left, what)}.")
    if written.problem is not None or written.left:
        _explain(written.problem or "bundle.full", {"path": str(folder), "detail": ""})
    return written.problem is None and not written.left and not written.unreadable


def written_document(written: Written) -> dict[str, Any]:
    """The same for programs."""
    return {
        "node": written.node,
        "files": [each.name for each in written.files],
        "aside": [each.name for each in written.aside],
        **{name: getattr(written, name) for name in ("items", "bytes", "there", "left", "unreadable", "problem")},
    }


def tell_read(read: StickRead, folder: Path, *, quiet: bool) -> bool:
    """Tell what central took in; whether everything was whole."""
    say = _nobody if quiet else click.echo
    for piece in read.pieces:
        if piece.node:
            say(_line(piece))
        if piece.problem is not None:
            _explain(piece.problem, piece.params, f" ({piece.path.name})")
        for code, number in sorted(piece.taken.refused.items()):
            _explain(code, {}, f" ({piece.path.name}, {_number(number, 'items')})")
    for node, numbers in read.missing.items():
        _explain("bundle.missing", {"node": node[:8], "numbers": ", ".join(map(str, numbers))})
    for node in read.unfinished:
        _explain("bundle.unfinished", {"node": node[:8]})
    _tell_others(len(read.others), say)
    nodes = {piece.node for piece in read.pieces if piece.node}
    if nodes:
        say("Next: write the answer with feldbuch bundle write DIR, and carry it back.")
    if not read.pieces:
        _explain("bundle.none", {"path": str(folder)})
    whole = all(piece.problem is None and not piece.taken.refused for piece in read.pieces)
    return whole and bool(read.pieces) and not read.missing and not read.unfinished


def read_document(read: StickRead) -> dict[str, Any]:
    """The same for programs."""
    return {
        "pieces": [
            {
                "file": piece.path.name,
                "node": piece.node or None,
                "number": piece.number,
                "at": piece.at or None,
                "states": dict(piece.taken.states),
                "refused": dict(piece.taken.refused),
                "problem": piece.problem,
            }
            for piece in read.pieces
        ],
        "others": [path.name for path in read.others],
        "missing": read.missing,
        "unfinished": read.unfinished,
    }


def tell_heard(heard: StickHeard, folder: Path, *, quiet: bool) -> bool:
    """Tell what a node kept; whether everything was whole."""
    say = _nobody if quiet else click.echo
    tally = heard.tally
    if heard.pieces:
        say(f"Receipts: {tally.receipts}. Entries: {tally.entries}. Contents: {tally.contents}.")
    if heard.new_epoch:
        say("Central was restored meanwhile: everything that it may have lost is queued again.")
    for piece in heard.pieces:
        if piece.problem is not None:
            _explain(piece.problem, piece.params, f" ({piece.path.name})")
    if heard.missing:
        _explain("bundle.missing", {"node": "central", "numbers": ", ".join(map(str, heard.missing))})
    if heard.unfinished:
        _explain("bundle.unfinished", {"node": "central"})
    _tell_others(len(heard.others), say)
    if not heard.pieces:
        _explain("bundle.none", {"path": str(folder)})
    whole = all(piece.problem is None or piece.problem in NO_FAULT for piece in heard.pieces)
    return whole and bool(heard.pieces) and not heard.missing and not heard.unfinished and tally.alarm is None


def heard_document(heard: StickHeard) -> dict[str, Any]:
    """The same for programs."""
    return {
        "receipts": heard.tally.receipts,
        "entries": heard.tally.entries,
        "contents": heard.tally.contents,
        "alarm": heard.tally.alarm,
        "new_epoch": heard.new_epoch,
        "pieces": [
            {"file": piece.path.name, "number": piece.number, "at": piece.at or None, "problem": piece.problem}
            for piece in heard.pieces
        ],
        "others": [path.name for path in heard.others],
        "missing": heard.missing,
        "unfinished": heard.unfinished,
    }


def _line(piece: PieceRead) -> str:
    states = ", ".join(f"{number} {state}" for state, number in sorted(piece.taken.states.items())) or "no items"
    return f"{piece.path.name}: node {piece.node[:8]}, piece {piece.number}, written {piece.at}: {states}."


def _number(number: int, what: str) -> str:
    return f"{number} {what.removesuffix('s') if number == 1 else what}"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _tell_others(number: int, say: Any) -> None:  # noqa: ANN401
    if number:
        say(f"{number} {'file is' if number == 1 else 'files are'} for other places.")


def _explain(code: str, params: Mapping[str, str | int], more: str = "") -> None:
    text = explain(code, dict(params))
    click.echo(f"{text.reason}{more} {text.remedy} [{code}]", err=True)


def _nobody(_line: str) -> None:
    """Say nothing."""
