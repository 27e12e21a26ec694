"""``python -m server.cli.prepare PLACE``: what ``feldbuch serve`` has done to a database before it serves it.

A process of its own that ends: whoever serves stays small, and waits for a worker that needs all of it once more.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from sqlalchemy.exc import OperationalError

from server.app import create_app
from server.errors.catalogue import explain
from server.errors.error import CodedError
from server.opening import place_of
from server.services.collect.bundles.keys import tell_bundle_key
from server.services.collect.feed import Feed
from server.services.collect.space import need_to_write
from server.services.operate.database import check_database, upgrade_database
from server.settings import Settings, read_settings

UPGRADE = "--upgrade"


def prepare_database(settings: Settings, upgrade: bool) -> None:
    """See that the database is what this version needs; bring it there only when asked to.

    Raises ``CodedError``: ``database.empty``, ``database.behind``, ``database.ahead``, ``storage.full``.
    """
    app = create_app(settings)
    try:
        try:
            check_database(app)
        except OperationalError:
            # Where SQLite finds no room for the index of its log it speaks of an I/O error.
            need_to_write(settings.place)
            raise
        except CodedError as error:
            if not upgrade or error.code != "database.behind":
                raise
            upgrade_database(app)
        # A central that is older than bundles gets its key now; nodes learn it at their next round.
        tell_bundle_key(place_of(app), Feed.of(place_of(app)))
    finally:
        place_of(app).writer.close()
        place_of(app).engine.dispose()


def main() -> None:
    """Prepare the place that is named; an error of the catalogue is said with its remedy and ends with 1."""
    try:
        prepare_database(read_settings(Path(sys.argv[1])), UPGRADE in sys.argv[2:])
    except CodedError as error:
        text = explain(error.code, error.params)
        click.echo(f"feldbuch: {text.reason}\n{text.remedy}\n[{error.code}]", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
