"""How the findings of a check are told at the terminal: the gravest first, notes in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import click

from forms.errors import Finding, Severity
from server.errors.catalogue import explain

Place = Callable[[Finding], str]
"""The words for where a finding stands."""

PLACES_SHOWN = 3
NOTES_SHOWN = 6
"""Up to so many notes of one code are told one by one: as many as a study has languages."""


def tell_findings(findings: Sequence[Finding], place: Place, *, notes: bool) -> None:
    """Write findings to stderr: severity, place, reason, remedy, code. ``notes``: each note, not only their number."""
    kept = [each for each in findings if each.severity is not Severity.NOTE]
    for each in findings if notes else kept:
        text = explain(each.code, each.params)
        click.echo(f"{each.severity} at {place(each)}: {text.reason}", err=True)
        click.echo(f"  {text.remedy} [{each.code}]", err=True)
    if not notes:
        _tell_notes([each for each in findings if each.severity is Severity.NOTE], place)


def summary(counts: Iterable[str]) -> str:
    """Codes with how often each is there: ``3 × form.missing_translation``."""
    return ", ".join(f"{count} × {code}" for code, count in sorted(Counter(counts).items()))


def _tell_notes(notes: list[Finding], place: Place) -> None:
    by_code: dict[str, list[Finding]] = {}
    for each in notes:
        by_code.setdefault(each.code.value, []).append(each)
    for code, found in by_code.items():
        if len(found) <= NOTES_SHOWN:
            for each in found:
                click.echo(f"note at {place(each)}: {explain(code, each.params).reason} [{code}]", err=True)
            continue
        text = explain(code, found[0].params)
        shown = ", ".join(place(each) for each in found[:PLACES_SHOWN])
        more = f"{shown} and {len(found) - PLACES_SHOWN} more"
        click.echo(f"{len(found)} notes at {more}; the first: {text.reason} [{code}]", err=True)
