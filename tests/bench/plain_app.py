"""What is compared with: a plain Flask app that stores the same bytes through the ORM, a commit in each request.

SQLite as durable as Feldbuch's: WAL, ``synchronous=FULL``. No signature is checked and nothing is numbered.
``PLAIN_DATABASE`` names the file.
"""

from __future__ import annotations

import os
import sqlite3

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import LargeBinary, event, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Record(Base):
    __tablename__ = "record"
    id: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


def application() -> Flask:
    """The app, with its table made."""
    app = Flask("plain")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['PLAIN_DATABASE']}"
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"timeout": 60}}
    db.init_app(app)
    with app.app_context():

        @event.listens_for(db.engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")

        db.create_all()

    @app.post("/sync/batch")
    def take_in() -> dict[str, int]:
        record = Record(data=request.get_data())
        db.session.add(record)
        db.session.commit()
        return {"id": record.id}

    @app.post("/plain/batch")
    def take_in_batch() -> dict[str, int]:
        data = memoryview(request.get_data())
        records = []
        while data:
            # An item is a cover and a body, each behind its length.
            end = 0
            for _ in range(2):
                end += 4 + int.from_bytes(data[end : end + 4], "big")
            records.append({"data": bytes(data[:end])})
            data = data[end:]
        db.session.execute(insert(Record), records)
        db.session.commit()
        return {"records": len(records)}

    @app.put("/plain/file")
    def take_in_file() -> dict[str, int]:
        path = f"{os.environ['PLAIN_DATABASE']}.file"
        written = 0
        with open(f"{path}.new", "wb") as file:
            while chunk := request.stream.read(1024 * 1024):
                written += file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.replace(f"{path}.new", path)
        return {"bytes": written}

    @app.get("/sync/hello")
    def hello() -> dict[str, bool]:
        return {"ready": True}

    return app
