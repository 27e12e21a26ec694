"""An S3 store for the tests: moto's server as a process, with one bucket."""

from __future__ import annotations

import contextlib
import secrets
import sys
from collections.abc import Iterator

import httpx

from tests.conftest import started_processes

BUCKET = "feldbuch"
# moto finds the service a request is for by its credentials.
FOR_S3 = {"Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request"}


class Bucket:
    """A running store. ``environment`` is how its clients find it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.environment = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "not a secret",
        }

    def make(self) -> str:
        """The address of an empty blob store: a prefix of its own."""
        return f"s3://{BUCKET}/{secrets.token_hex(6)}"

    def unfinished(self) -> int:
        """How many uploads in parts were begun and neither finished nor given up."""
        answer = httpx.get(f"{self.url}/{BUCKET}?uploads", headers=FOR_S3)
        return answer.raise_for_status().text.count("<UploadId>")


@contextlib.contextmanager
def running_bucket() -> Iterator[Bucket]:
    """Start moto's server and make the bucket."""
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with started_processes() as start:
        url = start(command).wait_for_line(" * Running on ").split()[-1]
        httpx.put(f"{url}/{BUCKET}", headers=FOR_S3).raise_for_status()
        yield Bucket(url)
