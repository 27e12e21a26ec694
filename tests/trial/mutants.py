"""Nodes that do something wrong, so that the trial is seen to notice: the rule is changed as Python starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.trial.place import ROOT

_ONE_BACKUP = """
import sync.pruning
sync.pruning.BACKUPS = {"device": 1, "node": 1}
"""


def mutant_environment(folder: Path) -> Mapping[str, str]:
    """An environment in which nodes delete what one backup holds."""
    changed = folder / "mutant"
    changed.mkdir()
    (changed / "sitecustomize.py").write_text(_ONE_BACKUP, "utf-8")
    return {"PYTHONPATH": f"{changed}:{ROOT}"}
