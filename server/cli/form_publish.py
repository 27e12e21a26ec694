"""``feldbuch form check``, ``publish``, ``list`` and ``diff``: from a file to a published version, and what changed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import Connection

from forms.changes import Change, difference
from forms.check import GATE, examine
from forms.definition import Form
from forms.errors import Finding, FormErrors, Severity
from server.cli.dataset import tell_problems
from server.cli.form_file import FORM_FILE
from server.cli.form_findings import summary, tell_findings
from server.cli.form_sites import SITES, chosen_sites, told_sites
from server.cli.form_source import Source, source_of
from server.cli.options import login, place_option, possible_place_option
from server.cli.places import opened_place, refuse_node
from server.errors.catalogue import LANGUAGES
from server.place import Place
from server.services.collect.feed import Feed
from server.services.study.datasets.problems import DatasetErrors
from server.services.study.describe import study_languages
from server.services.study.form_files import BoundForm, bind_form
from server.services.study.form_sites import EVERYWHERE, newest_bodies, sites_of
from server.services.study.publish import Override, Published, Publishing, examine_bound
from server.services.study.telling import tell_changes
from server.services.study.versions import Versions
from server.settings import Settings, read_settings

SHORT = 12
"""So many digits of a version are shown where a person only has to tell it from others."""
NOTES = click.option("--notes", is_flag=True, help="Show each note, not only how many there are.")
FILES = click.option(
    "--files",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the files that the form uses: tables, pictures, sounds. Else the datasets of central.",
)
GATES = ", ".join(sorted(code.value.removeprefix("form.") for code in GATE))


@click.command()
@FORM_FILE
@possible_place_option("Central whose study the form is for: it is to have its languages, and there are its datasets.")
@FILES
@NOTES
def check(file: Path, settings: Settings | None, files: Path | None, notes: bool) -> None:
    """Say everything that is wrong with FILE, form JSON or an XLSForm, with the place and the remedy.

    Errors have to be mended. What is missing at the gate (translations, languages of the study, consent) has to be
    added, or published without by a deliberate override. Warnings and notes block nothing. Where there is Java, ODK
    Validate looks at the form as well. Ends with 1 where the form cannot be published as it is.
    """
    if files is not None and settings is None:
        raise click.UsageError("--files belongs to --place.")
    source = source_of(file)
    if settings is None:
        findings = examine(source.form).findings
    else:
        with opened_place(settings) as place, place.engine.connect() as connection:
            bound = _bound(connection, source.form, files)
            findings = examine_bound(bound, study_languages(connection, Feed.of(place))).findings
    tell_findings(findings, source.place, notes=notes)
    _verdict(file, source.form, findings)


@click.command()
@FORM_FILE
@click.option("--by", default=login, show_default="your login name", help="Who publishes, for the record.")
@click.option("--override", metavar="CODE[,CODE]", help=f"Publish without what is missing at the gate: {GATES}.")
@click.option("--reason", help="Why it is published without; kept with the version.")
@FILES
@SITES
@NOTES
@place_option
def publish(
    file: Path,
    by: str,
    override: str | None,
    reason: str | None,
    files: Path | None,
    site: tuple[str, ...],
    all_sites: bool,
    notes: bool,
    settings: Settings,
) -> None:
    """Publish FILE, form JSON or an XLSForm: check it, freeze it under its hash, put it into the signed feed.

    Shows first what changes against the newest published version of the form, and what that means for data and drafts.
    Where the form may be begun stays as it was with its version before; a first version is for all sites.
    What is missing at the gate is published without only by --override with --reason; both are recorded for good, with
    who decided it, and shown by 'feldbuch form list' and at the desk.
    """
    if reason is not None and override is None:
        raise click.UsageError("--reason belongs to --override.")
    refuse_node(settings)
    sites = chosen_sites(site, all_sites=all_sites)
    decision = None if override is None else Override.of([each.strip() for each in override.split(",")], reason or "")
    source = source_of(file)
    with opened_place(settings) as place:
        with place.engine.connect() as connection:
            bound = _bound(connection, source.form, files)
        _show_changes(Versions(place), bound.form)
        try:
            published = Publishing(place, Feed.of(place)).publish(source.form, by, decision, files, sites)
        except FormErrors as error:
            tell_findings(error.errors, source.place, notes=notes)
            _verdict(file, source.form, error.errors)
            sys.exit(1)
    _tell_published(source, published, notes=notes)


@click.command(name="list")
@place_option
def list_versions(settings: Settings) -> None:
    """List the published versions, the newest first, and what was missing where one was published all the same.

    The sites of a form that is not for all stand below its newest version.
    """
    with opened_place(settings) as place:
        with place.engine.connect() as connection:
            limited = {form: sites_of(body) for form, body in newest_bodies(connection, Feed.of(place)).items()}
        for line in Versions(place).lines():
            click.echo(f"{line.form}  {line.version}  {line.at:%Y-%m-%d %H:%M} UTC  {line.by}")
            sites = limited.pop(line.form, EVERYWHERE)
            if sites.sites is not None:
                click.echo(f"  {told_sites(sites)}")
            if line.override is not None:
                given = ", ".join(f"{count} × {code}" for code, count in sorted(line.override.counts.items()))
                click.echo(f"  without: {given}; {line.override.by}: {line.override.reason}")


@click.command()
@click.argument("old")
@click.argument("new")
@possible_place_option("Central where the versions are published; else the current folder.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the sentences.")
def diff(old: str, new: str, settings: Settings | None, language: str) -> None:
    """Tell in words what changed from OLD to NEW, and what it means for data and open drafts.

    Each is a file, or a published version: the id of a form for its newest version, FORM@VERSION, or VERSION alone, of
    which the first few digits are enough.
    """
    if Path(old).is_file() and Path(new).is_file():
        changes = difference(source_of(Path(old)).form, source_of(Path(new)).form)
    else:
        with opened_place(settings or read_settings(Path())) as place:
            changes = difference(_form_called(old, place), _form_called(new, place))
    _tell_changes(changes, language)


def _bound(connection: Connection, definition: Form, files: Path | None) -> BoundForm:
    try:
        return bind_form(connection, definition, files)
    except DatasetErrors as error:
        tell_problems(error)
        sys.exit(1)


def _form_called(reference: str, place: Place) -> Form:
    if Path(reference).is_file():
        return source_of(Path(reference)).form
    versions = Versions(place)
    return versions.definition(versions.find(reference).version)


def _show_changes(versions: Versions, definition: Form) -> None:
    newest = versions.newest(definition.id)
    if newest is None:
        click.echo(f"The first version of {definition.id}.")
        return
    changes = difference(versions.definition(newest.version), definition)
    if changes:
        click.echo(f"Against version {newest.version[:SHORT]} of {newest.at:%Y-%m-%d %H:%M} UTC:")
        _tell_changes(changes)


def _tell_changes(changes: Sequence[Change], language: str = "en") -> None:
    for told in tell_changes(changes, language):
        click.echo(told.sentence)
        click.echo(f"  Data: {told.data}\n  Drafts: {told.drafts}")
    if changes:
        click.echo("Open drafts stay with the version they were begun with.")
    else:
        click.echo("Nothing changed.")


def _tell_published(source: Source, published: Published, *, notes: bool) -> None:
    tell_findings(published.findings, source.place, notes=notes)
    what = "Published" if published.new else "This version is published already:"
    click.echo(f"{what} {published.form}, version {published.version}.")
    if published.sites_changed:
        click.echo("Where it is offered was changed.")
    if published.overridden:
        click.echo(f"Published without: {summary(each.code.value for each in published.overridden)}.")


def _verdict(file: Path, definition: Form, findings: Sequence[Finding]) -> None:
    """Say whether the form can be published; ends with 1 where it cannot as it is."""
    if any(each.severity is Severity.ERROR for each in findings):
        sys.exit(1)
    gated = sorted({each.code.value.removeprefix("form.") for each in findings if each.severity is Severity.GATE})
    if gated:
        wanted = f'--override {",".join(gated)} --reason "..."'
        click.echo(f"{file}: form '{definition.id}' can be published only with {wanted}.", err=True)
        sys.exit(1)
    click.echo(f"{file}: form '{definition.id}' can be published.")
