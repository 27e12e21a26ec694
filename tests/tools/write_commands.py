"""Writes the part of deploy/docs/commands.md below its line from the command line's own help.

A test sees that it is up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from server.cli import feldbuch

PAGE = Path(__file__).resolve().parents[2] / "deploy" / "docs" / "commands.md"
LINE = "\n---\n\n"


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by its whole name, groups before their commands."""

    def walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        yield name, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for each in command.list_commands(context):
                found = command.get_command(context, each)
                assert found is not None
                yield from walk(f"{name} {each}", found)

    yield from walk("feldbuch", feldbuch)


def page() -> str:
    """The whole page: what was written by hand, the line, and the commands."""
    before, line, _ = PAGE.read_text("utf-8").partition(LINE)
    return before + line + "\n".join(_section(name, command) for name, command in all_commands() if " " in name)


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    lines = [f"## `{name}`" if name.count(" ") == 1 else f"### `{name}`", ""]
    lines += [" ".join(part.split()) + "\n" for part in (command.help or "").strip().split("\n\n")]
    if not isinstance(command, click.Group):
        lines += ["```", " ".join([name, *command.collect_usage_pieces(context)]), "```", ""]
    rows = [record for each in command.params if (record := each.get_help_record(context)) is not None]
    if rows:
        lines += ["| option | meaning |", "| --- | --- |"]
        lines += [f"| `{_cell(option)}` | {_cell(meaning)} |" for option, meaning in rows]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.exit(0)
