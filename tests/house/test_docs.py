"""Pages that must say what the code does: settings and commands."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from server.cli import COMMANDS
from server.settings import Settings
from tests.tools.write_commands import PAGE, all_commands, page

DOCS = Path(__file__).resolve().parents[2] / "deploy" / "docs"
ROW = re.compile(r"^\| `([a-z_]+)` \|([^|]*)\|", re.MULTILINE)


def default_as_written(value: object) -> str:
    if value is MISSING or value in ("", ()):
        return ""
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def test_every_setting_stands_in_its_page_with_its_default() -> None:
    written = {name: default.strip() for name, default in ROW.findall((DOCS / "settings.md").read_text("utf-8"))}
    known = {each.name: default_as_written(each.default) for each in fields(Settings) if each.name != "place"}
    assert written == known


def test_the_page_of_commands_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m tests.tools.write_commands"


@pytest.mark.parametrize(("name", "command"), list(all_commands()))
def test_every_command_and_option_has_help(name: str, command: object) -> None:
    assert getattr(command, "help", None), f"{name} has no help"
    for each in getattr(command, "params", []):
        if each.param_type_name == "option":
            assert each.help, f"{name} {each.opts[0]} has no help"


def test_the_table_of_commands_names_what_there_is() -> None:
    assert {name.split()[1] for name, _ in all_commands() if " " in name} == set(COMMANDS)
