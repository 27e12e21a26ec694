"""JavaRosa, the engine of ODK Collect, does the calculations of a form for instances that a test has filled in."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from pyxform.validators import odk_validate

SOURCE = Path(__file__).with_name("Recalculate.java")
JAR = Path(odk_validate.__file__).with_name("bin") / "ODK_Validate.jar"
"""ODK Validate is JavaRosa with a command line; pyxform brings it along."""


def recalculated(xform: str, instances: Sequence[bytes], folder: Path) -> list[bytes]:
    """The instances as they are after being opened with the form; skips the test where there is no Java compiler."""
    java = shutil.which("java")
    if java is None or shutil.which("javac") is None or not JAR.exists():
        pytest.skip("no Java compiler, or no ODK Validate")
    form = folder / "form.xml"
    form.write_text(xform, encoding="utf-8")
    pairs = [(folder / f"{number}.xml", folder / f"{number}.done.xml") for number in range(len(instances))]
    for (given, _), instance in zip(pairs, instances, strict=True):
        given.write_bytes(instance)
    command = [java, "-cp", str(JAR), str(SOURCE), str(form), *(str(path) for pair in pairs for path in pair)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr[-2_000:]
    return [done.read_bytes() for _, done in pairs]
