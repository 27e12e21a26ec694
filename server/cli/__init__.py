"""The command line: one module a command, imported when it is asked for."""

from __future__ import annotations

import importlib
import sys

import click

from server.errors.catalogue import explain
from server.errors.error import CodedError
from server.version import __version__

COMMANDS = {
    "backup": "server.cli.backup:backup",
    "bundle": "server.cli.bundle:bundle",
    "case": "server.cli.case:case",
    "dataset": "server.cli.dataset:dataset",
    "demo": "server.cli.demo:demo",
    "device": "server.cli.device:device",
    "enrol": "server.cli.enrol:enrol",
    "export": "server.cli.export:export",
    "find": "server.cli.find:find",
    "form": "server.cli.form:form",
    "init": "server.cli.init:init",
    "intake": "server.cli.intake:intake",
    "journey": "server.cli.journey:journey",
    "metrics": "server.cli.metrics:metrics",
    "node": "server.cli.node:node",
    "reconcile": "server.cli.reconcile:reconcile",
    "record": "server.cli.record:record",
    "restore": "server.cli.restore:restore",
    "serve": "server.cli.serve:serve",
    "settle": "server.cli.settle:settle",
    "status": "server.cli.status:status",
    "store": "server.cli.store:store",
    "sync": "server.cli.sync:sync",
    "uplink": "server.cli.uplink:uplink",
    "vault": "server.cli.vault:vault",
}


class Commands(click.Group):
    """The commands of the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="feldbuch")
def feldbuch() -> None:
    """Offline-capable field data collection: sealed on the tablet, carried by nodes, read at central."""


def main() -> None:
    """Run the command line; an error of the catalogue is said with its remedy and ends with 1."""
    try:
        feldbuch(prog_name="feldbuch", standalone_mode=True)
    except CodedError as error:
        text = explain(error.code, error.params)
        click.echo(f"feldbuch: {text.reason}\n{text.remedy}\n[{error.code}]", err=True)
        sys.exit(1)
