"""Write JSON forms in the style of the house: what fits on a line stands on one, the rest is opened up.

`python -m tests.tools.format_instruments FILE...` rewrites the files; without a file, all of the study's instruments.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

WIDTH = 120
INSTRUMENTS = Path(__file__).parents[2] / "forms" / "instruments"


def pretty(value: object, indent: int = 0, taken: int = 0) -> str:
    """The value as JSON. `taken` is how much of the first line is used already, by the key before it and a comma."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + taken + len(line) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner = indent + 2
    parts = []
    if isinstance(value, dict):
        for key, each in value.items():
            head = f"{json.dumps(key, ensure_ascii=False)}: "
            parts.append(head + pretty(each, inner, len(head) + 1))
    else:
        parts = [pretty(each, inner, 1) for each in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    body = ",\n".join(" " * inner + part for part in parts)
    return f"{opening}\n{body}\n{' ' * indent}{closing}"


def formatted(source: str) -> str:
    """The same document in the style of the house."""
    return pretty(json.loads(source)) + "\n"


def main(files: list[str]) -> None:
    """Rewrite the files, or all instruments."""
    for path in [Path(file) for file in files] or sorted(INSTRUMENTS.glob("*.json")):
        path.write_text(formatted(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
