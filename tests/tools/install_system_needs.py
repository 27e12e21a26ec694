"""Sees to it that the tests find a Chromium and strace.

Taken in this order: what the environment names (``CHROMIUM``), what the system has, what Debian's packages give
where this user may install them, and for the browser what Playwright can fetch. Says what it found. Under CI
(``CI`` is set) a missing browser is a failure; elsewhere the tests that need one are skipped and say why.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGES = {"chromium": ("chromium", "fonts-dejavu-core"), "strace": ("strace",)}
INSTALL_SECONDS = 600


def find_chromium() -> str | None:
    """The path of a Chromium: ``CHROMIUM``, the system's, or one that Playwright has fetched before."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    return _playwright_chromium()


def _playwright_chromium() -> str | None:
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = sorted(folder.glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def under_ci() -> bool:
    """Whether a missing browser is a failure."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def _rights() -> list[str] | None:
    """What goes before a command that needs the rights of root, or None where there are none."""
    if not hasattr(os, "geteuid") or shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _run(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def _run(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {command[0]}: {error}")
        return False
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        print(f"  {' '.join(command)} ended with {done.returncode}. {''.join(last)}")
    return done.returncode == 0


def _install(packages: list[str]) -> None:
    rights = _rights()
    if rights is None:
        print(f"  Debian's packages cannot be installed here: {', '.join(packages)}")
        return
    print(f"  installing Debian's packages: {', '.join(packages)}")
    if _run([*rights, "apt-get", "update", "-qq"]):
        for package in packages:
            _run([*rights, "apt-get", "install", "-y", "-qq", "--no-install-recommends", package])


def main() -> int:
    """Look, install what is missing where that is allowed, and say what there is. 1: the tests cannot run."""
    missing = []
    if find_chromium() is None:
        missing += PACKAGES["chromium"]
    if shutil.which("strace") is None:
        missing += PACKAGES["strace"]
    if missing:
        _install(missing)
    if find_chromium() is None and not os.environ.get("CHROMIUM"):
        print("  asking Playwright for its Chromium")
        _run([sys.executable, "-m", "playwright", "install", "chromium"])
    chromium, strace = find_chromium(), shutil.which("strace")
    print(f"Chromium: {chromium or 'none; set CHROMIUM to the path of one'}")
    print(f"strace:   {strace or 'none'}")
    if chromium is None and under_ci():
        print("The browser tests cannot run without a Chromium.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
