"""The field trial in a box: ``make trial``. Everything real but the tablets' screens and the weather.

Usage: SEED=... python -m tests.trial [--small | --tiny] [--only newest|older] [--mutant NAME] [--keep]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import get_args

from tests.trial.comparing import Found
from tests.trial.course import Course
from tests.trial.mutants import mutant_environment
from tests.trial.plan import BIG, OLDER, SMALL, TINY, make_plan
from tests.trial.report import last_line, report
from tests.trial.store import Mutant

SIZES = {"newest": BIG, "older": OLDER}
MOST_SECONDS = 20 * 60
NODE_MUTANT = "one backup is enough for a node"


def main() -> int:
    """Run both trials; 0 where nothing was lost, twice there, or another."""
    parser = argparse.ArgumentParser(prog="python -m tests.trial", description=__doc__)
    parser.add_argument("--small", action="store_const", const=SMALL, help="the one of `make test`")
    parser.add_argument("--tiny", action="store_const", const=TINY, dest="small", help="the one that tries mutants")
    parser.add_argument(
        "--only", choices=list(SIZES), help="one of the two: the backup that central is brought back from"
    )
    parser.add_argument("--mutant", choices=[*filter(None, get_args(Mutant)), NODE_MUTANT], default="")
    parser.add_argument("--keep", type=Path, help="leave everything in this new folder")
    asked = parser.parse_args()
    seed = os.environ.get("SEED") or secrets.token_hex(4)
    say(f"seed {seed}: SEED={seed} make trial makes the same decisions again")
    sizes = [asked.small] if asked.small else [SIZES[asked.only]] if asked.only else list(SIZES.values())
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGALRM, _end)
    signal.alarm(MOST_SECONDS)
    total = Found()
    with contextlib.ExitStack() as stack:
        work = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trial-")))
        for number, size in enumerate(sizes):
            folder = work / str(number)
            folder.mkdir(parents=True)
            environment = mutant_environment(folder) if asked.mutant == NODE_MUTANT else {}
            mutant = "" if asked.mutant == NODE_MUTANT else asked.mutant
            began = time.monotonic()
            say(f"{size.name}: {size.instances} interviews on {size.tablets} tablets, {size.storm:.0f} s of weather")
            outcome = Course(folder, make_plan(size, seed), say, mutant, environment).run()
            say(f"took {time.monotonic() - began:.0f} s")
            print(report(outcome), flush=True)
            print(last_line(outcome.found), end="\n\n", flush=True)
            total += outcome.found
    print(f"seed {seed}")
    print(last_line(total))
    return 0 if total.is_right else 1


def say(text: str) -> None:
    """Tell how it goes on."""
    print(text, file=sys.stderr, flush=True)


def _end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
