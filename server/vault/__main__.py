"""``python -m server.vault FOLDER OPEN_FOR``: the vault's process, as the application starts it.

It says ``ready`` on standard output when it answers, and ends when its standard input does: with its parent.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from server.errors.catalogue import explain
from server.errors.error import CodedError
from server.vault.process import READY, serve_vault


def _say_ready(_path: Path) -> None:
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # Not through sys.stdin: its lock, held here, would break the interpreter's end.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    """Serve until a signal; 1 with the reason on standard error if that cannot be."""
    try:
        serve_vault(Path(sys.argv[1]), float(sys.argv[2]), _say_ready)
    except CodedError as error:
        text = explain(error.code, error.params)
        sys.stderr.write(f"feldbuch vault: {text.reason}\n{text.remedy}\n[{error.code}]\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
