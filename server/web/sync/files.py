"""``/sync/files``: large items by tus 1.0.0, core and creation. The id of an upload is the hash of its cover."""

# flask-smorest has no types.
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import base64
import binascii

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from server.errors.error import CodedError
from server.services.collect.uploads import Progress, Uploads
from server.web.sync.answers import Desk, carrier, error_answer, item_json, json_answer, prepare
from server.web.sync.schemas import ErrorAnswerSchema, ItemAnswerSchema
from server.web.sync.up import read_body
from sync.errors import EnvelopeError
from sync.protocol import STATE_HEADER, TUS_TYPE, TUS_VERSION, WRONG_HASH_STATUS

_HASH = "string(length=64)"
_WHOLE_IS_WRONG = frozenset({"envelope.body.hash"})
_METADATA_AT_MOST = 16 * 1024


def make_blueprint(desk: Desk, uploads: Uploads) -> Blueprint:
    """The routes of large items."""
    blueprint = Blueprint("sync_files", __name__, url_prefix="/sync/files", description="Up: large items by tus 1.0.0")
    prepare(blueprint, desk)
    blueprint.after_request(_speak_tus)

    @blueprint.route("", methods=["POST"])
    @blueprint.doc(parameters=[_header("Upload-Length"), _header("Upload-Metadata")])
    @blueprint.response(201, description="The upload is there; Location names it.")
    @blueprint.alt_response(413, schema=ErrorAnswerSchema)
    def create() -> Response:
        """Begin an upload; doing it again finds the one that was begun."""
        _need_tus()
        item_hash = uploads.create(carrier(), _cover(), _number("Upload-Length"))
        progress = uploads.progress(carrier(), item_hash)
        answer = _progress_answer(201, progress)
        answer.headers["Location"] = f"/sync/files/{item_hash}"
        return answer

    # Flask answers HEAD wherever it answers GET.
    @blueprint.route(f"/<{_HASH}:item_hash>", methods=["GET"])
    @blueprint.response(200, description="Upload-Offset says how far it is (HEAD is what tus asks).")
    @blueprint.alt_response(404, schema=ErrorAnswerSchema)
    def offset(item_hash: str) -> Response:
        """Say how far an upload is."""
        answer = _progress_answer(200, uploads.progress(carrier(), item_hash))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @blueprint.route(f"/<{_HASH}:item_hash>", methods=["PATCH"])
    @blueprint.doc(parameters=[_header("Upload-Offset")])
    @blueprint.response(204, description="The bytes are durable.")
    @blueprint.alt_response(460, schema=ErrorAnswerSchema, description="The whole has another hash; it is gone.")
    def append(item_hash: str) -> Response:
        """Add bytes; the last ones make it an item."""
        _need_tus()
        if request.mimetype != TUS_TYPE:
            raise UnsupportedMediaType
        start = _number("Upload-Offset")
        with desk.slots.taken():
            data = read_body(desk.limits.patch_bytes)
            try:
                progress = uploads.append(carrier(), item_hash, start, data)
            except EnvelopeError as error:
                status = WRONG_HASH_STATUS if error.code in _WHOLE_IS_WRONG else None
                return error_answer(error.code, error.params, status)
        return _progress_answer(204, progress)

    @blueprint.route(f"/<{_HASH}:item_hash>/answer", methods=["GET"])
    @blueprint.response(200, ItemAnswerSchema)
    @blueprint.alt_response(404, schema=ErrorAnswerSchema)
    def answer(item_hash: str) -> Response:
        """Say what became of an upload, as in a batch."""
        with desk.slots.taken():
            return json_answer(item_json(uploads.answer(carrier(), item_hash)))

    return blueprint


def _progress_answer(status: int, progress: Progress) -> Response:
    answer = Response(status=status)
    answer.headers["Upload-Offset"] = str(progress.offset)
    answer.headers["Upload-Length"] = str(progress.size)
    if progress.answer is not None:
        answer.headers[STATE_HEADER] = progress.answer.state
    return answer


def _speak_tus(response: Response) -> Response:
    response.headers["Tus-Resumable"] = TUS_VERSION
    response.headers["Tus-Version"] = TUS_VERSION
    response.headers["Tus-Extension"] = "creation"
    return response


def _need_tus() -> None:
    if request.headers.get("Tus-Resumable") != TUS_VERSION:
        raise CodedError("upload.tus")


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        raise BadRequest
    return int(text)


def _cover() -> bytes:
    metadata = request.headers.get("Upload-Metadata", "")
    if len(metadata) <= _METADATA_AT_MOST:
        for pair in metadata.split(","):
            name, _, value = pair.strip().partition(" ")
            if name == "cover":
                try:
                    return base64.b64decode(value, validate=True)
                except binascii.Error:
                    raise BadRequest from None
    raise BadRequest


def _header(name: str) -> dict[str, object]:
    return {"in": "header", "name": name, "required": True, "schema": {"type": "string"}}
