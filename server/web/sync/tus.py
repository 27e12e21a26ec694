"""The headers of tus 1.0.0, read and written (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, MethodNotAllowed, UnsupportedMediaType
from werkzeug.http import http_date

from server.errors.error import CodedError
from server.services.collect.uploads import Progress
from sync.protocol import STATE_HEADER, TUS_EXTENSIONS, TUS_TYPE, TUS_VERSION

_METADATA_AT_MOST = 16 * 1024
_ALGORITHMS: dict[str, Callable[[bytes | bytearray], Any]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
_OVERRIDE = "HTTP_X_HTTP_METHOD_OVERRIDE"
_OVERRIDDEN = frozenset({"PATCH", "DELETE"})


def need_tus() -> None:
    """Raise ``CodedError`` ``upload.tus`` for another version, ``HTTPException`` for a method nobody may put on."""
    if request.headers.get("Tus-Resumable") != TUS_VERSION:
        raise CodedError("upload.tus")
    if request.headers.get("X-HTTP-Method-Override", request.method).upper() != request.method:
        raise MethodNotAllowed


def need_bytes() -> None:
    """Raise ``HTTPException`` 415 where the body is not said to be bytes of an upload."""
    if request.mimetype != TUS_TYPE:
        raise UnsupportedMediaType


def number(header: str) -> int:
    """A header's number of bytes. Raises ``HTTPException`` 400."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        raise BadRequest
    return int(text)


def cover() -> bytes:
    """The cover from ``Upload-Metadata``. Raises ``HTTPException`` 400, also where anything else stands there.

    Other metadata (a file's name) would travel unsealed, and tus has a place say again all that it was told.
    """
    name, _, value = request.headers.get("Upload-Metadata", "").strip().partition(" ")
    if name == "cover" and len(value) <= _METADATA_AT_MOST:
        try:
            return base64.b64decode(value, validate=True)
        except ValueError:
            pass
    raise BadRequest


class Checksum:
    """What ``Upload-Checksum`` says of the bytes of this request."""

    def __init__(self, algorithm: str, digest: bytes) -> None:
        self._algorithm, self._digest = algorithm, digest

    @classmethod
    def of_request(cls) -> Checksum | None:
        """None where the header is missing. Raises ``HTTPException`` 400 for one that cannot be checked."""
        header = request.headers.get("Upload-Checksum")
        if header is None:
            return None
        algorithm, _, value = header.strip().partition(" ")
        if algorithm not in _ALGORITHMS:
            raise BadRequest
        try:
            digest = base64.b64decode(value, validate=True)
        except ValueError:
            raise BadRequest from None
        if len(digest) != _ALGORITHMS[algorithm](b"").digest_size:
            raise BadRequest
        return cls(algorithm, digest)

    def need(self, data: bytes | bytearray) -> None:
        """Raise ``CodedError`` ``upload.checksum`` where the bytes are others."""
        if not hmac.compare_digest(_ALGORITHMS[self._algorithm](data).digest(), self._digest):
            raise CodedError("upload.checksum")


def progress_answer(status: int, progress: Progress) -> Response:
    """An answer that says how far an upload is, and until when it waits or what it has become."""
    answer = Response(status=status)
    answer.headers["Upload-Offset"] = str(progress.offset)
    answer.headers["Upload-Length"] = str(progress.size)
    if progress.answer is not None:
        answer.headers[STATE_HEADER] = progress.answer.state
    elif progress.expires is not None:
        answer.headers["Upload-Expires"] = http_date(progress.expires)
    return answer


def told_cover(answer: Response, progress: Progress) -> Response:
    """Add the metadata that were given at the creation."""
    answer.headers["Upload-Metadata"] = f"cover {base64.b64encode(progress.cover).decode('ascii')}"
    return answer


def discovery(largest: int) -> Response:
    """What this place knows of tus."""
    answer = Response(status=204)
    answer.headers["Tus-Version"] = TUS_VERSION
    answer.headers["Tus-Extension"] = ",".join(TUS_EXTENSIONS)
    answer.headers["Tus-Max-Size"] = str(largest)
    answer.headers["Tus-Checksum-Algorithm"] = ",".join(_ALGORITHMS)
    return answer


def speak_tus(response: Response) -> Response:
    """What every answer says."""
    response.headers["Tus-Resumable"] = TUS_VERSION
    if response.status_code == 412:
        response.headers["Tus-Version"] = TUS_VERSION
    if request.method in ("GET", "HEAD"):
        response.headers["Cache-Control"] = "no-store"
    return response


class MethodOverride:
    """WSGI middleware: ``X-HTTP-Method-Override`` on a POST to an upload, for proxies that let no PATCH through."""

    def __init__(self, application: Callable[..., Iterable[bytes]], prefix: str) -> None:
        self._application, self._prefix = application, prefix

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        method = environ.get(_OVERRIDE, "").upper()
        is_upload = environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].startswith(self._prefix)
        if is_upload and method in _OVERRIDDEN:
            environ["REQUEST_METHOD"] = method
        return self._application(environ, start_response)
