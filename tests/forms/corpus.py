"""The corpus of real forms, which lies beside the project and is not the project's to pass on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def corpus(folder: str) -> list[Path]:
    """The files of one folder of the corpus; none where it is not there."""
    found = CORPUS / folder
    return sorted(found.iterdir()) if found.is_dir() else []


def need_corpus(folder: str) -> None:
    """Skip the test where the corpus is not there, which must not happen where everything is tested."""
    if not corpus(folder):
        reason = f"the corpus of forms is not beside the project: {folder}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
