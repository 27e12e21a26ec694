"""``feldbuch store``: move a central's database to PostgreSQL, and its large parts to an S3 store."""

from __future__ import annotations

import click

from server.cli.backup import tell_progress
from server.cli.init import compose
from server.cli.options import place_option
from server.cli.serve import only_server
from server.services.operate.store import move_store
from server.settings import Settings


@click.command()
@place_option
@click.option("--database", default="", help="Address of a new, empty database: postgresql://user@host/name.")
@click.option("--blob-store", default="", help="Address of an S3 store: s3://bucket/prefix.")
def store(settings: Settings, database: str, blob_store: str) -> None:
    """Move what a central keeps out of its folder. It must not be served meanwhile; make a backup before.

    Everything is copied first, then the settings change. Nothing is removed. A password stands in no
    address: PGPASSFILE names a file that holds it, and the credentials of an S3 store come from the environment.
    """
    if not database and not blob_store:
        raise click.UsageError("Name a database, a blob store, or both.")
    with only_server(settings.place):
        done = move_store(settings, database, blob_store, compose, tell_progress)
    click.echo(f"Copied {done.rows} rows and {done.blobs} blobs. {settings.place} uses them from now on.")
    if done.aside is not None:
        click.echo(f"What was the database lies in {done.aside}. Keep it until the next backup, then remove it.")
    if blob_store:
        click.echo(f"The blobs in {settings.blobs} are not used any more. Keep them until the next backup.")
