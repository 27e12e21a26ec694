"""What the server says: one line an event, with nothing in it that was answered; as ``key=value`` or as JSON.

An error's own words are left out, because libraries put values into them; a line names the kind of error and where
in the code it happened. Errors of the catalogue are named by their code.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from server.errors.error import CodedError
from sync.errors import SyncError

Format = Literal["text", "json"]
PACKAGE_PARENT = Path(__file__).resolve().parents[3]
REQUESTS = "feldbuch.request"
"""The logger that says a line for each request."""


class LineFormatter(logging.Formatter):
    """Formats an event as one line of ``key=value``. What a record has as ``fields`` stands at the end."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of one event."""
        said = fields_of(record)
        words = [f"{said.pop('time')}", said.pop("level"), said.pop("from")]
        line = "time={} level={} from={}".format(*words)
        return " ".join([line, *(f"{name}={_word(name, value)}" for name, value in said.items())])


class JsonFormatter(logging.Formatter):
    """Formats an event as one line of JSON. ``place`` (central, or the beginning of a node's id) stands in each."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place

    def format(self, record: logging.LogRecord) -> str:
        """The line of one event. Other letters than ASCII are escaped, so that nothing in it ends a line."""
        return json.dumps({**fields_of(record), "place": self._place})


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says of an event: time, level and origin first; an error by its kind, code and place in the code."""
    at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    said: dict[str, Any] = {"time": f"{at}Z", "level": record.levelname.lower(), "from": record.name.strip("_")}
    said["message"] = record.getMessage()
    said.update(getattr(record, "fields", {}))
    if record.exc_info and record.exc_info[1] is not None:
        said.update(describe_exception(record.exc_info[1]))
    return said


def describe_exception(error: BaseException) -> dict[str, str]:
    """An error: its kind, its code where it has one, and ``at``: "file:line function < ...", innermost first."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    where = " < ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    code = {"code": error.code} if isinstance(error, CodedError | SyncError) else {}
    return {"error": kind, **code, "at": where}


def _word(name: str, value: object) -> str:
    """A value in a line of text: quoted where it could hold a space."""
    if name in ("message", "at", "route"):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _short(path: str) -> str:
    file = Path(path)
    if file.is_relative_to(PACKAGE_PARENT):
        return str(file.relative_to(PACKAGE_PARENT))
    return "/".join(file.parts[-2:])


def make_formatter(form: Format, place: str) -> logging.Formatter:
    """The formatter of a setting."""
    return JsonFormatter(place) if form == "json" else LineFormatter()


def log_config(form: Format = "text", place: str = "", level: str = "INFO") -> dict[str, Any]:
    """The configuration of ``logging`` for a served place: everything to the standard output."""
    to_console = {"handlers": ["console"], "level": level, "propagate": False}
    maker = f"{__name__}.make_formatter"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": maker, "form": form, "place": place}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "_granian": {**to_console, "level": "WARNING"},
            "server": dict(to_console),
            "feldbuch": dict(to_console),
        },
    }
