"""``feldbuch node``: field nodes, invited and revoked at central, joined in the field."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.options import place_option
from server.cli.places import opened_place, refuse_node
from server.opening import open_place, place_of
from server.services.collect.feed import Feed
from server.services.collect.joining import NodePlan, join_study
from server.services.collect.keys import central_private_key
from server.services.collect.nodes import make_join_link, revoke_node
from server.services.collect.receipts import ReceiptBook
from server.services.collect.uplink import tell_plan
from server.services.operate.database import create_database
from server.settings import Settings


@click.group()
def node() -> None:
    """Invite a field node, join it, revoke it."""


@node.command("invite")
@place_option
@click.option("--name", required=True, help="Name of the node for the lists.")
@click.option("--url", required=True, help="Address under which tablets reach the node.")
@click.option("--site", "sites", required=True, multiple=True, help="Id of a site; may be given several times.")
@click.option("--devices", type=click.IntRange(min=0), default=50, show_default=True, help="Tablets it may introduce.")
@click.option("--days", type=click.IntRange(min=1), default=7, show_default=True, help="How long the link is valid.")
def invite_command(settings: Settings, name: str, url: str, sites: tuple[str, ...], devices: int, days: int) -> None:
    """Print a link with which one node joins this central's study."""
    refuse_node(settings)
    with opened_place(settings) as place:
        link = make_join_link(
            place,
            Feed.of(place),
            name=name,
            url=url.rstrip("/"),
            sites=sites,
            devices_at_most=devices,
            days=days,
        )
    click.echo(link)


@node.command("join")
@click.argument("link")
@click.option(
    "--place",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that will hold the node.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen at; else the one of the node's address.")
@click.option("--central-url", help="Address of central as seen from here, if it is not the one in the link.")
def join_command(link: str, folder: Path, host: str, port: int | None, central_url: str | None) -> None:
    """Make a field node from a link that 'feldbuch node invite' printed.

    The node makes its own key, pins central's, and is certified by central. If the connection breaks, run the same
    command again.
    """
    plan = NodePlan(folder=folder, host=host, port=port, central_url=central_url)
    settings = join_study(link, plan, _make_database)
    click.echo(f"Joined '{settings.study}' as node {settings.node}. Start it: feldbuch serve --place {folder}")


@node.command("uplink")
@place_option
@click.argument("node_id", metavar="NODE")
@click.argument("plan")
def uplink_command(settings: Settings, node_id: str, plan: str) -> None:
    """Say how fast a node may send, by its time of day; it hears it at its next round.

    PLAN is a list of times with kbit/s, 'unlimited' or 'records' (photos and recordings wait):
    '06:00-20:00 64, else unlimited'. '' takes it back. A plan in the node's own settings comes first.
    """
    refuse_node(settings)
    with opened_place(settings) as place:
        feed = Feed.of(place)
        place.writer.run(lambda connection: tell_plan(connection, feed, node_id, plan))
    click.echo(f"Told {node_id}.")


@node.command("revoke")
@place_option
@click.argument("node_id", metavar="NODE")
@click.option("--reason", required=True, help="Why; it stands in the signed feed.")
def revoke_command(settings: Settings, node_id: str, reason: str) -> None:
    """Revoke a node: central speaks to it no more. What it delivered stays."""
    refuse_node(settings)
    with opened_place(settings) as place:
        feed = Feed.of(place)
        book = ReceiptBook(settings.study, central_private_key(settings))
        place.writer.run(lambda connection: revoke_node(connection, feed, book, node_id, reason))
    click.echo(f"Revoked {node_id}.")


def _make_database(settings: Settings) -> None:
    app = open_place(settings)
    try:
        create_database(app)
    finally:
        place_of(app).writer.close()
        place_of(app).engine.dispose()
