"""README, CONTRIBUTING and the guides: every command in them is one that there is, every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from forms.check import check_form
from forms.schema.document import read_form
from server.cli import feldbuch
from server.services.operate.study_file import read_study_file

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "deploy" / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
WRITTEN_BY_PROGRAM = "\n---\n\n## `feldbuch backup`"
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:feldbuch|make) [^`]+)`")
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
VARIABLE = re.compile(r"[A-Z_]+=")
PICTURE_AT_MOST = 150_000
OWN_PATH = re.compile(r"(?<!\))/(?:work|root|tmp|home)/")  # what follows a bracket is an XPath


def text_of(page: Path) -> str:
    """A page without the part that a program writes."""
    return page.read_text("utf-8").partition(WRITTEN_BY_PROGRAM)[0]


def blocks(info: str) -> Iterator[tuple[str, str]]:
    """The fenced blocks of this kind, with the page's name."""
    for page in PAGES:
        for found in FENCE.finditer(text_of(page)):
            if found["info"].strip() == info:
                yield page.name, found["body"]


def lines_of_shell() -> Iterator[tuple[str, str]]:
    """Every command line of every block of shell, whole."""
    for name, body in blocks("sh"):
        for line in body.replace("\\\n", " ").splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield name, line


def inline_commands() -> Iterator[tuple[str, str]]:
    """Commands named within sentences."""
    for page in PAGES:
        for found in INLINE.finditer(FENCE.sub("", text_of(page))):
            yield page.name, " ".join(found[1].split())


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command of the command line that these words name, and its arguments."""
    command: click.Command = feldbuch
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest[0])
        assert found is not None, f"no command '{rest[0]}'"
        command, rest = found, rest[1:]
    return command, rest


def check_line(line: str, *, whole: bool) -> None:
    """See that a command line can be run; ``whole``: that it names all that its command requires."""
    words = shlex.split(line, comments=True)
    while words and VARIABLE.match(words[0]):
        words = words[1:]
    program, *rest = words
    if program == "make":
        known = set(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
        assert {each for each in rest if not VARIABLE.match(each)} <= known, line
        return
    assert program == "feldbuch", f"a program that no test knows: {line}"
    command, arguments = command_of(rest)
    if "--help" in arguments or "COMMAND" in line:
        return
    given, _, _ = command.make_parser(click.Context(command)).parse_args(arguments)
    if whole:
        assert not isinstance(command, click.Group), line
        missing = [each.name for each in command.params if each.required and given.get(each.name or "") is None]
        assert not missing, f"{line}: {missing} is missing"


@pytest.mark.parametrize(("page", "line"), list(lines_of_shell()))
def test_a_command_of_a_guide_can_be_run(page: str, line: str) -> None:
    check_line(line, whole=True)


@pytest.mark.parametrize(("page", "line"), list(inline_commands()))
def test_a_command_named_in_a_sentence_is_there(page: str, line: str) -> None:
    if line != "feldbuch COMMAND --help":
        check_line(line, whole=False)


@pytest.mark.parametrize(
    "wrong", ["make demos", "feldbuch exports", "feldbuch enrol --place x", "feldbuch serve --fast"]
)
def test_a_wrong_command_would_be_noticed(wrong: str) -> None:
    with pytest.raises((AssertionError, click.UsageError)):
        check_line(wrong, whole=True)


def test_every_link_and_picture_leads_to_a_file() -> None:
    for page in PAGES:
        for link in LINK.findall(page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_pictures_are_small_and_each_is_shown() -> None:
    shown = {(p.parent / link).resolve() for p in PAGES for link in LINK.findall(p.read_text("utf-8"))}
    pictures = set((DOCS / "pictures").iterdir())
    assert pictures
    assert pictures <= shown
    assert [each.name for each in pictures if each.stat().st_size > PICTURE_AT_MOST] == []


def test_no_page_names_a_path_of_somebodys_computer() -> None:
    assert [page.name for page in PAGES if OWN_PATH.search(page.read_text("utf-8"))] == []


def test_the_example_of_a_form_can_be_published() -> None:
    [(_, example)] = blocks("json form")
    assert check_form(read_form(example.encode("utf-8"))) == []


def test_the_example_of_a_study_can_be_read(tmp_path: Path) -> None:
    [example] = [body for name, body in blocks("json") if name == "commands.md"]
    file = tmp_path / "study.json"
    file.write_text(example, "utf-8")
    assert read_study_file(file).id == "example"
