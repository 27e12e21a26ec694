"""Options that several commands share."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from server.errors.error import CodedError
from server.settings import Settings, read_settings


def place_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--place DIR`` (or ``FELDBUCH_PLACE``), handed over as ``settings``."""

    def settings_of(_context: click.Context, _parameter: click.Parameter, value: Path) -> Settings:
        return read_settings(value)

    option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
        "--place",
        "settings",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="FELDBUCH_PLACE",
        default=Path(),
        show_default="the current folder",
        show_envvar=True,
        callback=settings_of,
        help="Folder of the central or node.",
    )
    return option(command)


def possible_place_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add a ``--place DIR`` that may be left out: ``settings`` is None then. ``what`` is its help."""

    def settings_of(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Settings | None:
        return None if value is None else read_settings(value)

    option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
        "--place",
        "settings",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="FELDBUCH_PLACE",
        show_envvar=True,
        callback=settings_of,
        help=what,
    )
    return option


def login() -> str:
    """The name of who is logged in on this computer."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "command line"


def passphrase_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--passphrase-file``, which ``read_passphrase`` takes."""
    option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
        "--passphrase-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="File whose first line is the vault's passphrase. Else FELDBUCH_PASSPHRASE, else a prompt.",
    )
    return option(command)


def read_passphrase(passphrase_file: Path | None, environment: Mapping[str, str] = os.environ) -> str:
    """The vault's passphrase from a file, from ``FELDBUCH_PASSPHRASE`` or from a prompt.

    Raises ``CodedError`` ``vault.passphrase.missing`` where there is none of them and no terminal to ask at.
    """
    if passphrase_file is not None:
        return passphrase_file.read_text("utf-8").split("\n", 1)[0]
    if "FELDBUCH_PASSPHRASE" in environment:
        return environment["FELDBUCH_PASSPHRASE"]
    if not sys.stdin.isatty():
        raise CodedError("vault.passphrase.missing")
    answer: str = click.prompt("Passphrase of the vault", hide_input=True)
    return answer
