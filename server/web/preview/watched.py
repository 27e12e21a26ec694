"""A form's file that is read again whenever it changes: what it defines, and what is wrong with it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from forms.answers import AnswerReader
from forms.check import examine
from forms.definition import Form, walk
from forms.errors import Finding, FormErrors, Severity
from forms.files import files_of
from forms.schema.document import read_form
from forms.xlsform.reading import read_xlsform

log = logging.getLogger(__name__)
LOOK_EVERY = 0.25
"""Seconds between two looks at the file."""
Stamp = tuple[int, int, int]
"""When a file was changed last, its size, and which file it is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the file held at one time. `number` counts the readings; `xform` is None where there is no form to show.

    `names` holds, by JSON pointer, what the items of the form are called. `broke` tells that the reading failed for a
    reason that is no fault of the form.
    """

    number: int
    form: Form | None = None
    xform: str | None = None
    findings: tuple[Finding, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    answers: AnswerReader | None = None
    broke: bool = False


class WatchedForm:
    """A file with a form in it: form JSON, or an XLSForm by its ending. It is looked at from a thread of its own."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._seen: list[Stamp] = []
        self._reading = Reading(0)
        self._thread = threading.Thread(target=self._watch, name="preview-watch", daemon=True)

    def start(self) -> Reading:
        """Read the file once, and again from now on whenever it changes."""
        self._look()
        self._thread.start()
        return self._reading

    def stop(self) -> None:
        """Look no more, and let those go who wait."""
        self._over.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()

    @property
    def reading(self) -> Reading:
        """The last reading."""
        return self._reading

    def newer_than(self, number: int, seconds: float) -> Reading:
        """The last reading, as soon as it is another one than `number`, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._reading.number != number or self._over.is_set(), seconds)
            return self._reading

    def beside(self, name: str) -> Path | None:
        """A file that the form names, such as a list of choices, where it lies beside the form's file."""
        form = self._reading.form
        if form is None or all(name != each.name for each in files_of(form)):
            return None
        found = self.file.parent / name
        return found if found.is_file() else None

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            self._look()

    def _look(self) -> None:
        try:
            own = _stamp(self.file)
            if [own, *self._beside()] == self._seen:
                return
            content = self.file.read_bytes()
        except OSError:
            # An editor may put a new file in the place of the old one: what is not there for a moment is no change.
            return
        reading = self._read(content)
        with self._changed:
            self._reading = reading
            self._changed.notify_all()
        self._seen = [own, *self._beside()]

    def _beside(self) -> list[Stamp]:
        form = self._reading.form
        paths = [self.file.parent / each.name for each in files_of(form)] if form is not None else []
        return [_stamp(path) for path in paths if path.is_file()]

    def _read(self, content: bytes) -> Reading:
        number = self._reading.number + 1
        try:
            form, remarks = read_any(content, self.file.name)
            examined = examine(form, validator=None)
            names = {place.pointer: place.item.name for place in walk(form)}
            answers = None if examined.xform is None else AnswerReader(form)
        except FormErrors as error:
            return Reading(number, findings=tuple(error.errors))
        except Exception:
            log.exception("The form could not be read.")
            return Reading(number, broke=True)
        findings = (*(each for each in remarks if each.severity is not Severity.NOTE), *examined.findings)
        return Reading(number, form, examined.xform, findings, names, answers)


def _stamp(path: Path) -> Stamp:
    state = path.stat()
    return state.st_mtime_ns, state.st_size, state.st_ino


def read_any(content: bytes, name: str) -> tuple[Form, tuple[Finding, ...]]:
    """The form of a file and what was remarked while reading it: form JSON, or what its ending says an XLSForm is.

    Raises ``FormErrors``.
    """
    if name.lower().endswith(".json"):
        return read_form(content), ()
    imported = read_xlsform(content, name)
    return imported.form, imported.remarks
