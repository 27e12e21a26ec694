"""What the server says holds nothing that was answered, and one event is one line."""

from __future__ import annotations

import logging
import sys

from hypothesis import given
from hypothesis import strategies as st

from server.errors.error import CodedError
from server.services.operate.log import ACCESS_FORMAT, LineFormatter
from sync.errors import SyncError


def fail_with(error: BaseException) -> None:
    raise error


def line_of(message: str, *arguments: object, error: BaseException | None = None, name: str = "server") -> str:
    info = None
    if error is not None:
        try:
            fail_with(error)
        except BaseException:
            info = sys.exc_info()
    return LineFormatter().format(logging.LogRecord(name, logging.ERROR, "x.py", 1, message, arguments, info))


@given(st.text(min_size=12, max_size=40, alphabet="äöüшжabcdefgh"))
def test_the_words_of_a_foreign_error_are_left_out(answer: str) -> None:
    line = line_of("It failed.", error=ValueError(f"could not read {answer}"))
    assert answer not in line
    assert "error=builtins.ValueError" in line
    assert "tests/server/operate/test_log.py" in line


def test_an_error_of_the_catalogue_is_named_by_its_code() -> None:
    assert "code=vault.locked" in line_of("no", error=CodedError("vault.locked", path="/x"))
    assert "code=hello.field" in line_of("no", error=SyncError("hello.field"))


@given(st.text())
def test_one_event_is_one_line(message: str) -> None:
    line = line_of("%s", message)
    assert not set(line) & {"\n", "\r"}
    assert line.splitlines() == [line] or any(ord(each) > 127 for each in message)


def test_a_path_cannot_forge_an_access_line_and_a_query_is_not_in_it() -> None:
    request = {
        "addr": "127.0.0.1",
        "time": "now",
        "dt_ms": 1.25,
        "status": 404,
        "path": "/a\ntime=2026 level=info",
        "query_string": "answer=yes",
        "method": "GET",
        "scheme": "http",
        "protocol": "HTTP/1.1",
    }
    line = line_of(ACCESS_FORMAT, request, name="granian.access")
    assert line.endswith(r"addr=127.0.0.1 method=GET path='/a\ntime=2026 level=info' status=404 ms=1.2")
    assert "answer" not in line
