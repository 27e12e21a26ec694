"""What the server says: one line an event, in ``key=value`` form, with nothing in it that was answered.

An error's own words are left out, because libraries put values into them; a line names the kind of error and where
in the code it happened. Errors of the catalogue are named by their code.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from server.errors.error import CodedError
from sync.errors import SyncError

PACKAGE_PARENT = Path(__file__).resolve().parents[3]
ACCESS_FORMAT = "addr=%(addr)s method=%(method)s path=%(path)r status=%(status)d ms=%(dt_ms).1f"
"""An access line: neither query string nor body nor header; the path is quoted, so that it cannot forge a line."""


class LineFormatter(logging.Formatter):
    """Formats an event as one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of one event."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        message = record.getMessage()
        if record.name != "granian.access":
            message = f"message={json.dumps(message, ensure_ascii=False)}"
        line = f"time={at}Z level={record.levelname.lower()} from={record.name.strip('_')} {message}"
        if record.exc_info and record.exc_info[1] is not None:
            line += " " + describe_exception(record.exc_info[1])
        return line


def describe_exception(error: BaseException) -> str:
    """An error as ``error=KIND at="file:line function < ..."``, innermost first, without its own words."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    where = " < ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    code = f" code={error.code}" if isinstance(error, CodedError | SyncError) else ""
    return f"error={kind}{code} at={json.dumps(where)}"


def _short(path: str) -> str:
    file = Path(path)
    if file.is_relative_to(PACKAGE_PARENT):
        return str(file.relative_to(PACKAGE_PARENT))
    return "/".join(file.parts[-2:])


def log_config(level: str = "INFO") -> dict[str, Any]:
    """The configuration of ``logging`` for a served place: everything to the standard output."""
    to_console = {"handlers": ["console"], "level": level, "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "server.services.operate.log.LineFormatter"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "_granian": {**to_console, "level": "WARNING"},
            "granian.access": dict(to_console),
            "server": dict(to_console),
            "feldbuch": dict(to_console),
        },
    }
