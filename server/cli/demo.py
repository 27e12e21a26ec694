"""``feldbuch demo``: a central and a field node of one example study on this computer."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Mapping

import click

from server.cli.init import compose
from server.cli.serve import only_server, refuse_taken_port
from server.demo.folder import DemoFolder
from server.demo.make import join_node, make_central, move_to_ports
from server.demo.parts import Part, running

LOOK_EVERY = 1.0


@click.command()
def demo() -> None:
    """Run a central and a field node of an example study until Ctrl-C; made at the first start.

    DEMO_DIR (.demo), DEMO_CENTRAL_PORT (8000) and DEMO_NODE_PORT (8001) change where. Everything is for trying:
    passwords lie beside the data. Addresses, passwords and the enrolment link stand in DEMO_DIR/demo.json.
    """
    signal.signal(signal.SIGTERM, _end)
    folder = DemoFolder.from_environment(os.environ)
    folder.prepare()
    try:
        with only_server(folder.folder), contextlib.ExitStack() as parts:
            _run(folder, parts)
    except KeyboardInterrupt:
        pass
    click.echo("The demo is stopped. 'make demo' continues with the same data.")


def _run(folder: DemoFolder, parts: contextlib.ExitStack) -> None:
    for port in (folder.central_port, folder.node_port):
        refuse_taken_port("127.0.0.1", port)
    secrets = folder.read_secrets()
    click.echo("Making a central of the example study ..." if not folder.central.exists() else "Starting central ...")
    make_central(folder, secrets, compose)
    central = parts.enter_context(running(Part("central", folder.central, folder.central_url)))
    click.echo("Starting the field node ...")
    if not folder.node_is_there:
        join_node(folder, compose)
    move_to_ports(folder, compose)
    node = parts.enter_context(running(Part("node", folder.node, folder.node_url)))
    _tell(folder, folder.write_summary(secrets))
    while True:
        for part in (central, node):
            if part.wait(LOOK_EVERY):
                click.echo(f"The {part.role} has ended by itself. Starting it again ...")
                part.start_again()
                click.echo(f"The {part.role} runs again.")


def _tell(folder: DemoFolder, summary: Mapping[str, str]) -> None:
    click.echo(
        f"""
Feldbuch's demo runs: central at {summary["central"]}, the field node at {summary["node"]}.

  1. Open this link in your browser. The browser becomes an interviewer's tablet:

     {summary["enrolment"]}

  2. Fill in an interview, also with the network cut. It is sealed on the tablet.
  3. Open {summary["central"]} and sign in to see where it is, and to download it.
       name        {summary["desk_user"]}
       password    {summary["desk_password"]}
       passphrase  {summary["vault_passphrase"]}   (opens the vault)

All of it stands in {folder.summary}. A backup is made every minute. Ctrl-C stops the demo."""
    )


def _end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
