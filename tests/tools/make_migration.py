"""Writes the next migration from the difference between the models and the newest migration.

Usage: python -m tests.tools.make_migration 0002 "say why"
Read what it wrote before you commit it: it sees tables and columns, not what has to become of the data.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from server.app import create_app
from server.opening import MIGRATIONS
from server.services.operate.database import upgrade_database
from server.settings import Settings
from server.storage.keyfiles import CENTRAL_KEY, SESSION_KEY, write_key


def main() -> int:
    """Compare an empty database that was brought to the newest migration with the models."""
    revision, message = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(place=Path(folder), role="central", study="models", url="http://localhost")
        for name in (CENTRAL_KEY, SESSION_KEY):
            write_key(settings.keys, name, os.urandom(32))
        app = create_app(settings)
        with app.app_context():
            config = app.extensions["migrate"].migrate.get_config()
            if any((MIGRATIONS / "versions").glob("*.py")):
                upgrade_database(app)
            command.revision(config, message, autogenerate=True, rev_id=revision)
    subprocess.run(["ruff", "format", "--quiet", str(MIGRATIONS / "versions")], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
