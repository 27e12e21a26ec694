"""Builds what a wheel carries beside the sources: the tablet app and the compiled translations.

Skipped for editable installs (``make`` builds both in place) and where the bundle already
lies in the tree, as in an sdist that carries it.
"""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs npm and the message compiler before the wheel is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build into the source tree unless this is an editable install."""
        if version == "editable":
            return
        root = Path(self.root)
        self._compile_translations(root / "server" / "translations")
        if self.target_name == "wheel" and not (root / "server/static/dist/index.html").is_file():
            self._build_tablet(root / "server" / "tablet")

    @staticmethod
    def _compile_translations(folder: Path) -> None:
        for po in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source))

    @staticmethod
    def _build_tablet(folder: Path) -> None:
        environment = dict(os.environ)
        scripts = sysconfig.get_path("scripts")
        environment["PATH"] = scripts + os.pathsep + environment.get("PATH", "")
        for command in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "build"]):
            subprocess.run(command, cwd=folder, env=environment, check=True)
