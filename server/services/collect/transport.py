"""The way to a place over HTTP: every call has a time limit, every answer a size limit."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, Self

import httpx

from sync.envelope import fields as fields_of
from sync.envelope.encoding import MAX_INTEGER
from sync.envelope.item import Item, pack_item
from sync.errors import SyncError
from sync.protocol import (
    BATCH_TYPE,
    TUS_TYPE,
    TUS_VERSION,
    FeedPage,
    Greeting,
    HelloAnswer,
    ItemAnswer,
    Limits,
    OfferAnswer,
    Offered,
    ReceiptPage,
)
from sync.reconciling import Named, Result

ANSWER_AT_MOST = 32 * 1024 * 1024
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_TUS = {"Tus-Resumable": TUS_VERSION}
_OF_THE_WAY = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class HttpTransport:
    """A conversation with the place at ``url``. Use it as a context manager.

    Every method raises ``SyncError``: the code that the place answered, ``sync.unreachable`` where nothing came back
    or a server between said so, ``sync.answer`` where the answer is not one of this protocol.
    """

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        self._client = client or httpx.Client(base_url=url, timeout=TIMEOUT, follow_redirects=False)
        self._session: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def greet(self) -> Greeting:
        """``GET /sync/hello``."""
        said = self._json("GET", "/sync/hello")
        with _checked():
            limits = {each.name: int(said["limits"][each.name]) for each in fields(Limits)}
            return Greeting(
                role=str(said["role"]),
                id=str(said["id"]),
                study=str(said["study"]),
                challenge=str(said["challenge"]),
                capabilities=tuple(said["capabilities"]),
                limits=Limits(**limits),
                v=int(said["v"]),
            )

    def hello(self, hello: bytes, relayed: Sequence[bytes]) -> HelloAnswer:
        """``POST /sync/hello``."""
        body = b'{"hello":' + hello + b',"relayed":[' + b",".join(relayed) + b"]}"
        said = self._json("POST", "/sync/hello", content=body, headers={"Content-Type": "application/json"})
        with _checked():
            epoch = said["epoch"]
            if epoch is not None and fields_of.EPOCH.fullmatch(epoch) is None:
                raise SyncError("sync.answer")
            answer = HelloAnswer(
                str(said["session"]),
                int(said["expires_in"]),
                said["standing"],
                int(said["pause"]),
                said["mark"],
                epoch,
            )
        self._session = {"Authorization": f"Bearer {answer.session}"}
        return answer

    def offer(self, items: Sequence[Offered]) -> Sequence[OfferAnswer]:
        """``POST /sync/offer``."""
        names = ("instance", "part", "hash", "size", "priority")
        body = {"items": [{name: getattr(item, name) for name in names} for item in items]}
        said = self._json("POST", "/sync/offer", json=body)
        with _checked():
            return [OfferAnswer(each["answer"], each["receipt"]) for each in said["answers"]]

    def batch(self, items: Sequence[Item]) -> Sequence[ItemAnswer]:
        """``POST /sync/batch``."""
        content = b"".join(pack_item(item.cover, item.body) for item in items)
        said = self._json("POST", "/sync/batch", content=content, headers={"Content-Type": BATCH_TYPE})
        with _checked():
            return [_item_answer(each) for each in said["answers"]]

    def upload_offset(self, item_hash: str) -> int | None:
        """``HEAD /sync/files/<hash>``."""
        response = self._call("HEAD", f"/sync/files/{item_hash}", headers=_TUS, missing=True)
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        with _checked():
            return int(response.headers["Upload-Offset"])

    def create_upload(self, cover: bytes, size: int) -> None:
        """``POST /sync/files``."""
        metadata = f"cover {base64.b64encode(cover).decode('ascii')}"
        self._call("POST", "/sync/files", headers={**_TUS, "Upload-Length": str(size), "Upload-Metadata": metadata})

    def upload(self, item_hash: str, offset: int, data: bytes) -> int:
        """``PATCH /sync/files/<hash>``."""
        headers = {**_TUS, "Upload-Offset": str(offset), "Content-Type": TUS_TYPE}
        response = self._call("PATCH", f"/sync/files/{item_hash}", headers=headers, content=data)
        with _checked():
            return int(response.headers["Upload-Offset"])

    def upload_answer(self, item_hash: str) -> ItemAnswer:
        """``GET /sync/files/<hash>/answer``."""
        said = self._json("GET", f"/sync/files/{item_hash}/answer")
        with _checked():
            return _item_answer(said)

    def receipts(self, after: int, limit: int) -> ReceiptPage:
        """``GET /sync/receipts``."""
        said = self._json("GET", "/sync/receipts", params={"after": after, "limit": limit})
        with _checked():
            return ReceiptPage(list(said["receipts"]), int(said["cursor"]), bool(said["more"]))

    def durable(self) -> Mapping[str, object] | None:
        """``GET /sync/durable``."""
        said = self._json("GET", "/sync/durable")
        with _checked():
            mark: Mapping[str, object] | None = said["mark"]
            return mark

    def feed(self, after: Mapping[str, int], limit: int) -> FeedPage:
        """``POST /sync/feed``."""
        said = self._json("POST", "/sync/feed", json={"after": dict(after), "limit": limit})
        with _checked():
            return FeedPage(list(said["entries"]), bool(said["more"]))

    def content(self, name: str) -> bytes:
        """``GET /sync/content/<sha256>``."""
        return self._call("GET", f"/sync/content/{name}").content

    def reconcile(self, prefixes: Sequence[str]) -> Sequence[object]:
        """``POST /sync/reconcile``."""
        said = self._json("POST", "/sync/reconcile", json={"prefixes": list(prefixes)})
        with _checked():
            return list(said["parts"])

    def names(self, hashes: Sequence[str]) -> Sequence[Named | None]:
        """``POST /sync/reconcile/names``."""
        said = self._json("POST", "/sync/reconcile/names", json={"hashes": list(hashes)})
        with _checked():
            return [_named(item_hash, each) for item_hash, each in zip(hashes, said["items"], strict=True)]

    def found(self, result: Result) -> None:
        """``POST /sync/reconcile/found``."""
        self._json("POST", "/sync/reconcile/found", json=result.json())

    def enter_signed(self, path: str, token: str, name: str, document: bytes) -> Any:  # noqa: ANN401
        """``POST`` a token and a signed document, before there is a session; the answer as an object."""
        body = b'{"token":' + json.dumps(token).encode("utf-8") + b',"' + name.encode("ascii") + b'":' + document + b"}"
        return self._json("POST", path, content=body, headers={"Content-Type": "application/json"})

    def _json(self, method: str, path: str, **options: Any) -> Any:  # noqa: ANN401
        try:
            said = json.loads(self._call(method, path, **options).content)
        except (ValueError, RecursionError):
            raise SyncError("sync.answer") from None
        if not isinstance(said, dict):
            raise SyncError("sync.answer")
        return said

    def _call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        missing: bool = False,
        **options: Any,  # noqa: ANN401
    ) -> httpx.Response:
        request = self._client.build_request(method, path, headers={**self._session, **(headers or {})}, **options)
        try:
            response = self._client.send(request, stream=True)
            try:
                content = b""
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > ANSWER_AT_MOST:
                        raise SyncError("sync.answer")
            finally:
                response.close()
        except httpx.HTTPError:
            raise SyncError("sync.unreachable") from None
        if response.is_success or (missing and response.status_code == httpx.codes.NOT_FOUND):
            # The content is unpacked by now: a header that still called it packed would have it unpacked again.
            said = {name: value for name, value in response.headers.items() if name not in _OF_THE_WAY}
            return httpx.Response(response.status_code, headers=said, content=content)
        raise SyncError(_code(content))


@contextlib.contextmanager
def _checked() -> Iterator[None]:
    """Turn what a malformed answer makes of reading it into ``sync.answer``."""
    try:
        yield
    except (KeyError, TypeError, ValueError):
        raise SyncError("sync.answer") from None


def _item_answer(said: Mapping[str, Any]) -> ItemAnswer:
    return ItemAnswer(str(said["hash"]), said["state"], said["code"], said["receipt"])


def _named(item_hash: str, said: Mapping[str, Any] | None) -> Named | None:
    """A name as a place says it: within the bounds of a cover, since nobody vouches for it. Raises ``ValueError``."""
    if said is None:
        return None
    texts = (str(said["instance"]), str(said["part"]), str(said["device"]))
    numbers = (int(said["number"]), int(said["size"]))
    if not all(map(fields_of.ID.fullmatch, (texts[0], texts[2]))) or not fields_of.PART.fullmatch(texts[1]):
        raise ValueError
    if not all(0 <= each <= MAX_INTEGER for each in numbers):
        raise ValueError
    return Named(item_hash, *texts, *numbers)


def _code(content: bytes) -> str:
    try:
        code = json.loads(content)["error"]["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "sync.unreachable"
    return code if isinstance(code, str) and len(code) <= 64 else "sync.answer"
