"""The stores that a central may have: SQLite or PostgreSQL, blobs in a folder or in S3. One suite for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import field
from tests.field import Study
from tests.postgresql import Cluster, running_cluster, why_not
from tests.s3 import Bucket, running_bucket
from tests.tools.install_system_needs import under_ci

EVERY = ("sqlite, folder", "sqlite, s3", "postgresql, folder", "postgresql, s3")
Settings = Callable[[], Mapping[str, Any]]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL; where none can run the test is skipped, and fails under CI."""
    reason = why_not()
    if reason is not None:
        if under_ci():
            pytest.fail(reason)
        pytest.skip(reason)
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    with running_bucket() as running, pytest.MonkeyPatch.context() as patch:
        for name, value in running.environment.items():
            patch.setenv(name, value)
        yield running


@pytest.fixture(params=["sqlite, folder", "postgresql, s3"])
def new_store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Makes the settings of new stores. By default each database and each kind of blobs once; ``EVERY`` is all."""
    database, blobs = str(request.param).split(", ")
    cluster: Cluster | None = request.getfixturevalue("cluster") if database == "postgresql" else None
    bucket: Bucket | None = request.getfixturevalue("bucket") if blobs == "s3" else None

    def make() -> Mapping[str, Any]:
        made = {"database": cluster.make()} if cluster else {}
        return made | ({"blob_store": bucket.make()} if bucket else {})

    monkeypatch.setattr(field, "new_store", make)
    return make


@pytest.fixture
def central(tmp_path: Path, new_store: Settings) -> Iterator[Study]:
    study = Study.central(tmp_path / "central")
    yield study
    study.close()


@pytest.fixture
def node(tmp_path: Path, central: Study) -> Iterator[Study]:
    study = Study.node(tmp_path / "node", central)
    central.admit(study)
    yield study
    study.close()


@pytest.fixture
def beside(central: Study) -> Iterator[Study]:
    """The same central once more, with an engine, a writer and caches of its own, as in another process."""
    study = Study(central.settings, central.central_key)
    yield study
    study.close()
