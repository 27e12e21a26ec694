"""The entry point for granian: makes the application of the place that ``FELDBUCH_PLACE`` names."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from server.app import create_app
from server.settings import read_settings


def application() -> Flask:
    """Make the application in the server's worker process."""
    return create_app(read_settings(Path(os.environ["FELDBUCH_PLACE"])))
