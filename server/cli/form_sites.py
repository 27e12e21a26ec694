"""``feldbuch form sites``: where a published form may be begun; and the options by which publishing says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from server.cli.options import place_option
from server.cli.places import opened_place, refuse_node
from server.services.collect.feed import Feed
from server.services.study.form_sites import EVERYWHERE, ForSites, limit_form
from server.settings import Settings

_SITE = click.option("--site", multiple=True, metavar="SITE", help="Offer the form only at this site; repeat.")
_ALL = click.option("--all-sites", is_flag=True, help="Offer the form at all sites again.")


def SITES(command: Callable[..., Any]) -> Callable[..., Any]:  # noqa: N802  stands beside other options of a command
    """Add ``--site`` and ``--all-sites``, which ``chosen_sites`` reads."""
    return _SITE(_ALL(command))


def chosen_sites(site: tuple[str, ...], *, all_sites: bool, nowhere: bool = False) -> ForSites | None:
    """What the options say; None where they say nothing. Raises ``click.UsageError`` where they contradict."""
    if (bool(site), all_sites, nowhere).count(True) > 1:
        raise click.UsageError("--site, --all-sites and --nowhere exclude one another.")
    if all_sites:
        return EVERYWHERE
    return ForSites.of(*site) if site or nowhere else None


def told_sites(sites: ForSites) -> str:
    """Where a form may be begun, in words."""
    if sites.sites is None:
        return "at all sites"
    return f"only at {', '.join(sites.sites)}" if sites.sites else "nowhere any more"


@click.command()
@click.argument("form_id", metavar="FORM")
@SITES
@click.option("--nowhere", is_flag=True, help="Offer the form nowhere any more.")
@place_option
def sites(form_id: str, site: tuple[str, ...], all_sites: bool, nowhere: bool, settings: Settings) -> None:
    """Say anew at which sites the published FORM is offered for new interviews.

    Tablets hear it at their next contact. Drafts that were begun before can be finished everywhere, and what was
    collected stays.
    """
    refuse_node(settings)
    wanted = chosen_sites(site, all_sites=all_sites, nowhere=nowhere)
    if wanted is None:
        raise click.UsageError("Give --site, --all-sites or --nowhere.")
    with opened_place(settings) as place:
        changed = limit_form(place, Feed.of(place), form_id, wanted)
    click.echo(f"{form_id} is {'now ' if changed else 'already '}offered {told_sites(wanted)}.")
