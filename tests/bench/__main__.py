"""Measures and prints a table; writes ``.bench/results.json`` and a chart for each unit.

Usage: python -m tests.bench [--only NAME]. The numbers are of this machine at this moment: quiet it first.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench.chart import draw_chart
from tests.bench.intake import Intake
from tests.bench.rows import ROWS, Row

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / ".bench"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", metavar="NAME", choices=sorted(ROWS), help="measure this row alone")
    names = [only] if (only := parser.parse_args().only) else list(ROWS)
    OUTPUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="work-", dir=OUTPUT) as work:
        intake = Intake(Path(work), say)
        rows = [ROWS[name](intake) for name in names]
    print_table(rows)
    (OUTPUT / "results.json").write_text(json.dumps([each.document() for each in rows], indent=2) + "\n")
    for unit in dict.fromkeys(each.unit for each in rows):
        chart = [each for each in rows if each.unit == unit]
        file = OUTPUT / f"{re.sub(r'[^A-Za-z0-9]+', '-', unit.replace('/', ' per ').replace('%', 'percent'))}.svg"
        file.write_text(draw_chart(unit, [(each.name, each.value, each.baseline) for each in chart]), "utf-8")
    return 0


def print_table(rows: list[Row]) -> None:
    columns: list[tuple[str, Callable[[Row], str]]] = [
        ("name", lambda row: row.name),
        ("value", lambda row: f"{row.value:,.2f}"),
        ("unit", lambda row: row.unit),
        ("baseline", lambda row: f"{row.baseline:,.2f}"),
        ("ratio", lambda row: f"{row.ratio:.2f}"),
        ("target", lambda row: row.target),
    ]
    cells = [[title for title, _ in columns], *([text(row) for _, text in columns] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    sys.exit(main())
