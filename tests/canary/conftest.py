"""A demo and tablets, as the tests of the whole way use them; one demo for all journeys, since each takes its time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import feldbuch_by, started_processes
from tests.e2e.conftest import BUNDLE, new_tablet
from tests.e2e.demo_process import Demo

__all__ = ["demo", "new_tablet"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that the journeys of a module share."""
    assert BUNDLE.is_file(), "the tablet app is not built; run 'make tablet'"
    with started_processes() as start:
        running = Demo(feldbuch_by(start), tmp_path_factory.mktemp("shared") / "demo")
        yield running
        running.stop()
