"""What the server says holds nothing that was answered, and one event is one line."""

from __future__ import annotations

import json
import logging
import sys

from hypothesis import given
from hypothesis import strategies as st

from server.errors.error import CodedError
from server.services.operate.log import LineFormatter, make_formatter
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


def test_a_line_of_json_is_one_object_and_says_what_the_line_of_text_says() -> None:
    formatter = make_formatter("json", "central")
    record = logging.LogRecord("feldbuch.request", logging.INFO, "x.py", 1, "request\nlevel=error\u2028", (), None)
    record.fields = {"route": "/sync/files/<id>", "method": "PATCH", "status": 204, "ms": 1.2, "carrier": "abcdefgh"}
    line = formatter.format(record)
    assert len(line.splitlines()) == 1
    said = json.loads(line)
    assert said.pop("time").endswith("Z")
    assert said == {
        "level": "info",
        "from": "feldbuch.request",
        "message": "request\nlevel=error\u2028",
        "place": "central",
        **record.fields,
    }
    text = make_formatter("text", "").format(record)
    assert text.endswith('route="/sync/files/<id>" method=PATCH status=204 ms=1.2 carrier=abcdefgh')


@given(st.text(min_size=12, max_size=40, alphabet="äöüшжabcdefgh"))
def test_in_json_too_the_words_of_a_foreign_error_are_left_out(answer: str) -> None:
    try:
        fail_with(ValueError(answer))
    except ValueError:
        record = logging.LogRecord("server", logging.ERROR, "x.py", 1, "It failed.", (), sys.exc_info())
    said = json.loads(make_formatter("json", "central").format(record))
    assert answer not in json.dumps(said, ensure_ascii=False)
    assert said["error"] == "builtins.ValueError"
    assert said["at"].startswith("tests/server/operate/test_log.py")
