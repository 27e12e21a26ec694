"""The entry points of the server's worker process. ``FELDBUCH_PLACE`` names the place.

``application`` makes the application alone, for any WSGI server. ``served`` is what ``feldbuch serve`` runs: it also
starts the jobs, inside this one worker, so that they share its writer thread; and it ends the worker when the
process that started it is gone, so that no forgotten worker writes on.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from multiprocessing.connection import wait
from pathlib import Path

from flask import Flask

from server.app import create_app
from server.jobs import start_jobs
from server.services.operate.database import check_database
from server.settings import read_settings


def application() -> Flask:
    """Make the application. Raises ``CodedError`` where the database is not what this version needs."""
    app = create_app(read_settings(Path(os.environ["FELDBUCH_PLACE"])))
    check_database(app)
    return app


def served() -> Flask:
    """Make the application in the one worker of ``feldbuch serve``, with its jobs."""
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    app = application()
    start_jobs(app)
    return app


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
