"""A part of the demo that cannot run is given up after a few tries, with what it said."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from server.demo.parts import TRIES, Part
from server.errors.error import CodedError
from tests.conftest import find_free_port


def test_a_part_that_ends_again_and_again_is_given_up(tmp_path: Path) -> None:
    part = Part("node", tmp_path / "no-place-here", f"http://127.0.0.1:{find_free_port()}", hardly_run=600)
    said = []
    try:
        for _ in range(TRIES):
            assert part.wait(60), "serving nothing should end"
            said.append(part.log.stat().st_size)
            with pytest.raises(CodedError) as ended:
                part.start_again()
            assert ended.value.code == "demo.stopped"
    finally:
        part.stop()
    assert all(before < after for before, after in itertools.pairwise(said)), "each try is a new start"
    assert part.log.stat().st_size == said[-1], "after the last try it is not started once more"
    assert ended.value.params["path"] == str(part.log)
    assert ended.value.params["said"], "what it said helps to mend it"
