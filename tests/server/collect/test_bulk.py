"""Many rows by few statements: the same rows as one by one, whatever their number."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Connection, Table, select

from server.storage.bulk import MOST_ROWS, insert_rows
from server.storage.items import Upload
from tests.field import Study

UPLOADS = cast("Table", Upload.__table__)
AT = datetime(2026, 11, 23, 4, 5, 6, 789, tzinfo=UTC)


def upload(number: int) -> dict[str, Any]:
    return {
        "carrier": f"d{number}",
        "hash": f"{number:064x}",
        "cover": bytes([number % 256]),
        "size": number,
        "created_at": AT,
        "changed_at": AT,
    }


@pytest.mark.parametrize("number", [0, 1, 2, 3, MOST_ROWS - 1, MOST_ROWS, MOST_ROWS + 7, 3 * MOST_ROWS + 1])
def test_all_rows_are_there_with_their_types(tmp_path: Path, number: int) -> None:
    study = Study.central(tmp_path)
    rows = [upload(each) for each in range(number)]

    def operation(connection: Connection) -> None:
        insert_rows(connection, UPLOADS, rows)

    study.run(operation)
    with study.place.engine.connect() as connection:
        found = [dict(each) for each in connection.execute(select(UPLOADS).order_by(UPLOADS.c.size)).mappings()]
    study.close()
    assert found == rows
