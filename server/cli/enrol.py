"""``feldbuch enrol``: a link that enrols a tablet."""

from __future__ import annotations

import click

from server.cli.options import place_option
from server.cli.places import opened_place, refuse_node
from server.services.collect.enrolment import make_enrolment_link
from server.services.collect.feed import Feed
from server.settings import Settings


@click.command()
@place_option
@click.option("--site", required=True, help="Id of the municipality or region of origin.")
@click.option("--interviewer", required=True, help="The interviewer's pseudonym.")
@click.option("--uses", type=click.IntRange(min=1), default=1, show_default=True, help="How many tablets may use it.")
@click.option("--unlimited", is_flag=True, help="Any number of tablets may use it.")
@click.option("--days", type=click.IntRange(min=1), default=7, show_default=True, help="How long it is valid.")
def enrol(settings: Settings, site: str, interviewer: str, uses: int, unlimited: bool, days: int) -> None:
    """Print a link that enrols a tablet at a central.

    Open it on the tablet. It carries the site, the interviewer's pseudonym and central's key; whoever has the link may
    enrol a tablet, so hand it over as you would a key.
    """
    refuse_node(settings)
    with opened_place(settings) as place:
        link = make_enrolment_link(
            place,
            Feed.of(place),
            site=site,
            interviewer=interviewer,
            uses=None if unlimited else uses,
            days=days,
        )
    click.echo(link)
