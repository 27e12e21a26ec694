"""``feldbuch export``: open what was collected with a form and write it as files."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.options import passphrase_options, place_option
from server.cli.vault import granted
from server.errors.error import CodedError
from server.export.package import ExportOptions, export_folder
from server.export.report import Report
from server.opening import open_place, place_of
from server.settings import Settings
from server.vault.process import vault_of


@click.command()
@place_option
@passphrase_options
@click.argument("form_id")
@click.option("--format", "kind", type=click.Choice(["csv"]), default="csv", show_default=True, help="Kind of files.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New folder for the files.")
@click.option("--with-training", is_flag=True, help="Also what was filled in for training.")
@click.option(
    "--include",
    multiple=True,
    type=click.Choice(["partial", "refused", "unfinished", "replaced"]),
    help="Also interviews that were broken off, refusals, the last copy of interviews that were never finished, or "
    "versions that were corrected by a later one. The columns __outcome and __replaced_by tell them apart.",
)
def export(
    settings: Settings,
    passphrase_file: Path | None,
    form_id: str,
    kind: str,
    out: Path,
    with_training: bool,
    include: tuple[str, ...],
) -> None:
    """Open all records of FORM_ID and write them, in clear, to a new folder.

    One table for the form, one for each repeat, the attachments beside them, and report.json, which says what is
    missing. A grant in FELDBUCH_GRANT (from 'feldbuch vault unlock') takes the place of the passphrase.
    """
    del kind  # csv is the one that there is
    if settings.role != "central":
        raise CodedError("export.role")
    app = open_place(settings)
    place = place_of(app)
    try:
        with vault_of(settings) as vault, granted(vault, passphrase_file) as grant:
            options = ExportOptions(with_training, frozenset(include))
            report = export_folder(place, vault, grant, form_id, out.absolute(), options)
    finally:
        place.writer.close()
        place.engine.dispose()
    _tell(report, out)


def _tell(report: Report, out: Path) -> None:
    click.echo(f"Wrote {report.records} records and {report.attachments} attachments of '{report.form}' to {out}.")
    left_out = [f"{count} {name}" for name, count in report.left_out.items() if count]
    if left_out:
        click.echo(f"Left out: {', '.join(left_out)}.")
    if not report.whole:
        click.echo(
            f"WARNING: {len(report.missing)} attachments are missing, {len(report.unreadable)} records could not be "
            f"read, {report.without_record} instances wait for their record. report.json names them.",
            err=True,
        )
    click.echo("These files are in clear. Keep them where only those may look who have the right to.", err=True)
