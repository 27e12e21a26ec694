"""A card's code leads to its interview and to no other, and what it takes is unlocked and written down."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from server.cli.find import find
from server.errors.error import CodedError
from server.export.finding import find_card
from sync.envelope.record import Outcome
from tests.server.export.conftest import PASSPHRASE

CODES = ("CQNMPE4Q36JY", "WMPQRYPQ3FAC", "EJTY9ND6XXG7")
ANSWERS = "<place>Hagen</place>"


@pytest.fixture
def cards(collected):
    collected.collect("uuid:1", ANSWERS, card=CODES[0])
    collected.collect("uuid:2", ANSWERS, card=CODES[1], outcome=Outcome("partial", "tired"), purpose="training")
    collected.collect("uuid:3", ANSWERS)
    collected.collect("uuid:4", ANSWERS, card=CODES[0], replaces="uuid:1")
    return CODES


def test_a_code_finds_every_version_of_its_interview(collected, grant, cards):
    search = find_card(collected.place, collected.vault, grant, cards[0])
    assert [(each.instance, each.replaces, each.outcome) for each in search.found] == [
        ("uuid:1", None, "complete"),
        ("uuid:4", "uuid:1", "complete"),
    ]
    assert (search.opened, search.unreadable) == (4, 0)
    typed = f" {cards[1][:4].lower()} {cards[1][4:8]}-{cards[1][8:]}"
    (found,) = find_card(collected.place, collected.vault, grant, typed).found
    assert (found.instance, found.outcome, found.purpose, found.device) == (
        "uuid:2", "partial", "training", collected.device.id,
    )  # fmt: skip


def test_a_slip_of_the_pen_finds_nothing(collected, grant, cards):
    wrong = cards[0][:-1] + ("A" if cards[0][-1] != "A" else "C")
    with pytest.raises(CodedError, match=r"card\.malformed"):
        find_card(collected.place, collected.vault, grant, wrong)


def test_nothing_is_found_while_the_vault_is_locked(collected, grant, cards):
    collected.vault.lock(grant)
    with pytest.raises(CodedError, match=r"vault\.locked"):
        find_card(collected.place, collected.vault, grant, cards[0])


def test_the_command_tells_where_and_nothing_that_was_answered(collected, cards, tmp_path):
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE, "utf-8")
    arguments = ["--place", str(collected.study.settings.place), "--passphrase-file", str(secret)]
    done = CliRunner().invoke(find, [*arguments, *(cards[1][at : at + 4] for at in (0, 4, 8))])
    assert done.exit_code == 0, done.output
    assert "uuid:2, form visit" in done.output
    assert "partial, training" in done.output
    assert "Hagen" not in done.output
    missing = CliRunner().invoke(find, [*arguments, cards[2]])
    assert missing.exit_code == 1
    assert "None of 4 interviews" in missing.output
