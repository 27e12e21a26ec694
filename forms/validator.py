"""ODK Validate, which pyxform brings along: it loads an XForm with the engine of ODK Collect."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pyxform.validators.error_cleaner import ErrorCleaner
from pyxform.validators.odk_validate import ODK_VALIDATE_PATH

from forms.errors import Code, Finding, Severity

TIMEOUT = 100
"""Seconds after which ODK Validate is ended."""

# It runs for a second or two: compiling for speed and collecting garbage in parallel cost more than they give.
_OPTIONS = (
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Djava.awt.headless=true",
)
_NOT_ABOUT_THE_FORM = ("Picked up ", "SLF4J:")
_MAX_MESSAGE = 2_000


@dataclass(frozen=True, slots=True)
class Validation:
    """What ODK Validate said. Where it did not run, `skipped` says why, and so does its one finding, a note."""

    findings: tuple[Finding, ...] = ()
    skipped: str | None = None


def odk_validate(xml: str) -> Validation:
    """What ODK Validate says of an XForm. Skipped where there is no Java (8 or newer): `java_not_found`."""
    java = shutil.which("java")
    if java is None:
        return Validation((Finding(Code.VALIDATE_NO_JAVA, severity=Severity.NOTE),), "java_not_found")
    if not Path(ODK_VALIDATE_PATH).is_file():
        return Validation((Finding(Code.VALIDATE_NO_PROGRAM, severity=Severity.NOTE),), "validator_not_found")
    with tempfile.TemporaryDirectory(prefix="feldbuch-form-") as folder:
        path = Path(folder) / "form.xml"
        path.write_text(xml, encoding="utf-8")
        try:
            ran = subprocess.run(
                [java, *_OPTIONS, "-jar", ODK_VALIDATE_PATH, str(path)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Validation((Finding(Code.VALIDATE_TOO_SLOW, "", {"seconds": TIMEOUT}, Severity.WARNING),))
    said = _message(ran.stderr.decode("utf-8", "replace").replace(folder, ""))
    if ran.returncode:
        message = ErrorCleaner.odk_validate(said) or f"exit code {ran.returncode}"
        return Validation((Finding(Code.VALIDATE_REFUSED, "", {"message": message[:_MAX_MESSAGE]}),))
    if said:
        return Validation((Finding(Code.VALIDATE_REMARK, "", {"message": said[:_MAX_MESSAGE]}, Severity.WARNING),))
    return Validation()


def _message(said: str) -> str:
    lines = (line for line in said.splitlines() if not line.startswith(_NOT_ABOUT_THE_FORM))
    return "\n".join(lines).strip()
