"""Fixtures of the collecting rooms: a central and a node, each with its own writer, which ends with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.field import Study


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Study]:
    study = Study.central(tmp_path / "central")
    yield study
    study.close()


@pytest.fixture
def node(tmp_path: Path, central: Study) -> Iterator[Study]:
    study = Study.node(tmp_path / "node", central)
    yield study
    study.close()
