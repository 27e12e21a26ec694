"""``feldbuch record``: a record goes back to the tablet with a comment, and what became of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from server.cli.options import login, passphrase_options, place_option
from server.cli.places import opened_place, refuse_node
from server.cli.vault import granted
from server.services.study.returning.listing import comments_of, list_returns
from server.services.study.returning.sending import Returning, Sent, Wish
from server.settings import Settings
from server.vault.process import vault_of
from sync.envelope.parcel import Comment


@click.group()
def record() -> None:
    """Send a record back to its interviewer with a comment, and see what became of it."""


@record.command("return")
@place_option
@passphrase_options
@click.argument("instance")
@click.option("--comment", "texts", multiple=True, metavar="TEXT", help="What is to be looked at. May be repeated.")
@click.option(
    "--question",
    "questions",
    nargs=2,
    multiple=True,
    metavar="PATH TEXT",
    help="A comment at a question, by its path in the instance: household/member[2]/age. May be repeated.",
)
@click.option("--to", metavar="DEVICE", help="Another tablet of the study. Else the one that it came from.")
@click.option("--interviewer", help="The pseudonym of who is to correct it. Else whoever made it.")
@click.option("--by", default=login, show_default="who is logged in", help="Your name, as the interviewer reads it.")
@click.option(
    "--unfinished",
    is_flag=True,
    help="Bring the last copy of an interview that was never finished to a tablet, where it goes on.",
)
def return_command(
    settings: Settings,
    passphrase_file: Path | None,
    instance: str,
    texts: tuple[str, ...],
    questions: tuple[tuple[str, str], ...],
    to: str | None,
    interviewer: str | None,
    by: str,
    unfinished: bool,
) -> None:
    """Send the newest version of INSTANCE back to its tablet, sealed for its interviewer, with comments.

    The vault opens the record, and its log says so. On the tablet it can be corrected; the correction arrives as a
    new version that replaces this one, and an export then holds the new one. Recordings, and files above 2 MiB or
    beyond 8 MiB together, stay here and are kept with the new version. A grant in FELDBUCH_GRANT takes the place of
    the passphrase.
    """
    refuse_node(settings)
    comments = [Comment(text) for text in texts] + [Comment(text, path) for path, text in questions]
    wish = Wish(instance, tuple(comments), by, to, interviewer, unfinished)
    with opened_place(settings) as place, vault_of(settings) as vault, granted(vault, passphrase_file) as grant:
        sent = Returning(place, vault, grant).send(wish)
    _tell(sent)


@record.command("returns")
@place_option
@click.option("--instance", help="Only what was sent back of this instance.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def returns_command(settings: Settings, instance: str | None, as_json: bool) -> None:
    """Show what was sent back, to whom, and whether a corrected version has arrived."""
    refuse_node(settings)
    with opened_place(settings) as place:
        lines = list_returns(place, instance)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], default=_json_time, indent=2))
        return
    for line in lines:
        state = f"answered by {line.answered_by}" if line.answered_by else "waits for an answer"
        click.echo(
            f"{line.at:%Y-%m-%d %H:%M}  {line.instance}  {line.kind}  to {line.interviewer} on {line.device}  "
            f"by {line.by}  {state}"
        )


@record.command("comments")
@place_option
@passphrase_options
@click.argument("instance")
def comments_command(settings: Settings, passphrase_file: Path | None, instance: str) -> None:
    """Show the comments with which INSTANCE was sent back. The vault opens them, and its log says so."""
    refuse_node(settings)
    with opened_place(settings) as place, vault_of(settings) as vault, granted(vault, passphrase_file) as grant:
        for line in list_returns(place, instance):
            for each in comments_of(place, vault, grant, line.id):
                where = f"{each.path}: " if each.path else ""
                click.echo(f"{line.at:%Y-%m-%d %H:%M}  {line.by}  {where}{each.text}")


def _tell(sent: Sent) -> None:
    click.echo(f"Sent {sent.instance} to {sent.interviewer} on {sent.device}: {sent.size} bytes, at its next contact.")
    if sent.stayed:
        click.echo(f"Stays here and is kept with the new version: {', '.join(sent.stayed)}.")


def _json_time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
