"""``feldbuch metrics``: figures for Prometheus, and the token behind which a served place shows them."""

from __future__ import annotations

import secrets

import click

from server.cli.options import place_option
from server.opening import open_place, place_of
from server.services.monitor.metrics import place_text
from server.services.operate.database import check_database
from server.settings import Settings
from server.storage.keyfiles import METRICS_TOKEN, write_key


@click.command()
@place_option
@click.option("--make-token", is_flag=True, help="Make keys/metrics.token, with which /metrics is served from now on.")
def metrics(settings: Settings, make_token: bool) -> None:
    """Print what a place's database says as Prometheus metrics. Works while it is served, and when not.

    A served place shows the same, and how requests and the writer fare, at /metrics to whoever brings the token.
    """
    if make_token:
        write_key(settings.keys, METRICS_TOKEN, secrets.token_urlsafe(32).encode())
        click.echo(f"Made {settings.keys / METRICS_TOKEN}. Start the place again, and give the file to Prometheus.")
        return
    app = open_place(settings)
    check_database(app)
    place = place_of(app)
    try:
        click.echo(place_text(place).decode(), nl=False)
    finally:
        place.engine.dispose()
