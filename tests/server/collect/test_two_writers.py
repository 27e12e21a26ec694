"""Two processes that write to one central: numbers of receipts and of feed entries stay without gap and in order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from server.storage.carriers import FeedEntryRow
from server.storage.items import ReceiptRow
from sync.envelope.encoding import parse_canonical
from sync.envelope.signed import document_hash
from tests.field import FieldDevice, Study

DEVICES = 12
ROOT = Path(__file__).parents[3]
CHILD = """
import sys
from pathlib import Path
from server.settings import read_settings
from tests.field import FieldDevice, Study
from server.services.collect.keys import central_private_key
settings = read_settings(Path(sys.argv[1]))
study = Study(settings, central_private_key(settings))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    device = FieldDevice(study)
    study.intake.receive(device.carrier, [device.seal(), device.seal()])
    study.introduce(device)
    study.intake.receive(device.carrier, [device.seal()])
study.close()
"""


def test_a_command_and_the_server_write_at_once(central: Study) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CHILD, str(central.settings.place), str(DEVICES)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.stdin.write("go\n")
        child.stdin.flush()
        for _ in range(DEVICES):
            device = FieldDevice(central)
            central.intake.receive(device.carrier, [device.seal(), device.seal()])
            central.introduce(device)
            central.intake.receive(device.carrier, [device.seal()])
        assert child.wait(60) == 0
    assert [row.seq for row in central.rows(ReceiptRow)] == list(range(1, 2 * DEVICES * 3 + 1))
    heads: dict[str, tuple[int, str | None]] = {}
    for row in central.rows(FeedEntryRow):
        number, previous = heads.get(row.chain, (0, None))
        assert row.number == number + 1
        assert parse_canonical(row.document, "feed.broken")["previous"] == previous
        heads[row.chain] = (row.number, document_hash(row.document))
    assert heads["devices"][0] == 2 * DEVICES
