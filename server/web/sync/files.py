"""``/sync/files``: large items by tus 1.0.0. The id of an upload is the hash of its cover."""

# flask-smorest has no types.
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from flask import Response, request
from flask_smorest import Blueprint

from server.services.collect.uploads import Progress, Uploads
from server.web.sync import tus
from server.web.sync.answers import Desk, carrier, error_answer, item_json, json_answer, prepare
from server.web.sync.pieces import announced_size, arriving
from server.web.sync.schemas import ErrorAnswerSchema, ItemAnswerSchema
from sync.errors import EnvelopeError
from sync.protocol import WRONG_HASH_STATUS

PREFIX = "/sync/files"
_HASH = "string(length=64)"
_WHOLE_IS_WRONG = frozenset({"envelope.body.hash"})


def make_blueprint(desk: Desk, uploads: Uploads) -> Blueprint:
    """The routes of large items."""
    blueprint = Blueprint("sync_files", __name__, url_prefix=PREFIX, description="Up: large items by tus 1.0.0")
    prepare(blueprint, desk, asked_by_options="discover")
    blueprint.after_request(tus.speak_tus)

    def take(item_hash: str, start: int, size: int) -> Progress:
        """Add the request's bytes: what came is kept where the connection breaks, unless a checksum was to be met."""
        checksum = tus.Checksum.of_request()
        pieces = arriving(size)
        if checksum is not None:
            whole = bytearray().join(pieces)
            checksum.need(whole)
            return uploads.append(carrier(), item_hash, start, whole)
        for piece in pieces:
            progress = uploads.append(carrier(), item_hash, start, piece)
            start += len(piece)
        return progress

    # Before the other routes: Flask would answer OPTIONS for each of them by itself.
    @blueprint.route("", methods=["OPTIONS"])
    @blueprint.response(204, description="Headers say the version, the extensions, the largest size, the checksums.")
    def discover() -> Response:
        """Say what this place knows of tus."""
        return tus.discovery(desk.limits.item_bytes)

    @blueprint.route("", methods=["POST"])
    @blueprint.doc(parameters=[_header("Upload-Length"), _header("Upload-Metadata")])
    @blueprint.response(201, description="The upload is there; Location names it.")
    @blueprint.alt_response(413, schema=ErrorAnswerSchema)
    def create() -> Response:
        """Begin an upload, with its first bytes or without; doing it again finds the one that was begun."""
        tus.need_tus()
        cover, length = tus.cover(), tus.number("Upload-Length")
        size = announced_size(desk.limits.patch_bytes) if request.content_length else 0
        if not size:
            item_hash = uploads.create(carrier(), cover, length)
            return _created(item_hash, uploads.progress(carrier(), item_hash))
        tus.need_bytes()
        with desk.slots.taken(carrier().id):
            item_hash = uploads.create(carrier(), cover, length)
            progress = uploads.progress(carrier(), item_hash)
            if progress.offset == 0 and progress.answer is None:
                try:
                    progress = take(item_hash, 0, size)
                except EnvelopeError as error:
                    return _wrong(error)
            return _created(item_hash, progress)

    # Flask answers HEAD wherever it answers GET.
    @blueprint.route(f"/<{_HASH}:item_hash>", methods=["GET"])
    @blueprint.response(200, description="Upload-Offset says how far it is (HEAD is what tus asks).")
    @blueprint.alt_response(404, schema=ErrorAnswerSchema)
    def offset(item_hash: str) -> Response:
        """Say how far an upload is."""
        tus.need_tus()
        progress = uploads.progress(carrier(), item_hash)
        return tus.told_cover(tus.progress_answer(200, progress), progress)

    @blueprint.route(f"/<{_HASH}:item_hash>", methods=["PATCH"])
    @blueprint.doc(parameters=[_header("Upload-Offset"), _header("Upload-Checksum", required=False)])
    @blueprint.response(204, description="The bytes are durable.")
    @blueprint.alt_response(409, schema=ErrorAnswerSchema, description="The upload stands at another byte.")
    @blueprint.alt_response(
        460, schema=ErrorAnswerSchema, description="The whole has another hash and is gone, or a checksum was not met."
    )
    def append(item_hash: str) -> Response:
        """Add bytes; the last ones make it an item."""
        tus.need_tus()
        tus.need_bytes()
        start = tus.number("Upload-Offset")
        size = announced_size(desk.limits.patch_bytes)
        with desk.slots.taken(carrier().id):
            try:
                return tus.progress_answer(204, take(item_hash, start, size))
            except EnvelopeError as error:
                return _wrong(error)

    @blueprint.route(f"/<{_HASH}:item_hash>", methods=["DELETE"])
    @blueprint.response(204, description="The upload is gone; an item that is held never goes.")
    @blueprint.alt_response(403, schema=ErrorAnswerSchema)
    @blueprint.alt_response(404, schema=ErrorAnswerSchema)
    def terminate(item_hash: str) -> Response:
        """End an upload before it is whole."""
        tus.need_tus()
        uploads.terminate(carrier(), item_hash)
        return Response(status=204)

    @blueprint.route(f"/<{_HASH}:item_hash>/answer", methods=["GET"])
    @blueprint.response(200, ItemAnswerSchema)
    @blueprint.alt_response(404, schema=ErrorAnswerSchema)
    def answer(item_hash: str) -> Response:
        """Say what became of an upload, as in a batch."""
        with desk.slots.taken(carrier().id):
            return json_answer(item_json(uploads.answer(carrier(), item_hash)))

    return blueprint


def _created(item_hash: str, progress: Progress) -> Response:
    answer = tus.progress_answer(201, progress)
    answer.headers["Location"] = f"{PREFIX}/{item_hash}"
    return answer


def _wrong(error: EnvelopeError) -> Response:
    return error_answer(error.code, error.params, WRONG_HASH_STATUS if error.code in _WHOLE_IS_WRONG else None)


def _header(name: str, required: bool = True) -> dict[str, object]:
    return {"in": "header", "name": name, "required": required, "schema": {"type": "string"}}
