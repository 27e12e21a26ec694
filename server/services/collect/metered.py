"""Whether this computer's line costs by volume, as NetworkManager knows it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Final

ASK: Final = (
    *("busctl", "--system", "get-property", "org.freedesktop.NetworkManager"),
    *("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", "Metered"),
)
SECONDS: Final = 3.0
_METERED = frozenset({"u 1", "u 3"})
"""``NM_METERED_YES`` and ``NM_METERED_GUESS_YES`` of NetworkManager's D-Bus interface; phones are guessed."""


def system_says_metered(command: Sequence[str] = ASK) -> bool:
    """Ask NetworkManager of the connection in use. False where there is none, or where it does not know."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return False
    return done.stdout.strip() in _METERED
