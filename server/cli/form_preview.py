"""``feldbuch form preview``: a form as the tablet shows it, on this computer."""

from __future__ import annotations

import contextlib
import signal
import webbrowser
from pathlib import Path

import click

from server.cli.form_file import FORM_FILE
from server.preview import Preview


@click.command()
@FORM_FILE
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of 127.0.0.1; else one that is free.")
@click.option("--open/--no-open", "opens", default=True, show_default=True, help="Open it in the browser.")
@click.option("--language", help="The language of the form to begin with; else the form's default language.")
def preview(file: Path, port: int, opens: bool, language: str | None) -> None:
    """Show FILE (form JSON or an XLSForm) as the tablet shows it, until Ctrl-C.

    The page follows the file: save it, and the change is there. What "form check" says stands beside the form. You can
    fill it in and see the record as it would be exported; nothing is kept and nothing leaves this computer.
    """
    signal.signal(signal.SIGTERM, _end)
    showing = Preview(file, port, language)
    reading = showing.start()
    if language is not None and reading.form is not None:
        codes = [each.code for each in reading.form.languages]
        if language not in codes:
            showing.close()
            raise click.BadParameter(f"the form has {', '.join(codes)}", param_hint="--language")
    click.echo(f"{file} is shown at {showing.url} and nowhere else. Ctrl-C stops it.")
    if opens:
        webbrowser.open(showing.url)
    with contextlib.suppress(KeyboardInterrupt):
        showing.serve()
    click.echo("The preview is stopped. Nothing was kept.")


def _end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
