"""Making what a trial needs: a central with a vault, nodes, tablets that central knows; each in a folder of its own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from server.services.collect.devices import DeviceFacts, introduce
from server.services.operate.backup_target import BackupTarget
from server.vault.keyfile import MIN_MEMORY_KIB, Cost, create_vault
from server.vault.sealing import new_intake_key
from sync.envelope.keys import device_id, signer_public_bytes
from tests.conftest import find_free_port
from tests.field import INTERVIEWER, SITE, STUDY, Study
from tests.trial.plan import CENTRAL, Plan, line
from tests.trial.proxy import Line
from tests.trial.store import Identity, Mutant
from tests.trial.tablet import Orders

PASSPHRASE = "five words that nobody guesses"


@dataclass(frozen=True)
class Founded:
    """What was made: the ports of the places, and the device id of each tablet."""

    ports: dict[str, int]
    devices: dict[str, str]


def found(folder: Path, plan: Plan, lines: dict[str, Line], mutant: Mutant) -> Founded:
    """Make central, nodes and tablets in a folder, and lead the lines to where the places will listen."""
    ports = {place: find_free_port() for place in [CENTRAL, *plan.nodes]}
    # Backups that a rule keeps would only take room: the newest two are kept in any case.
    few = dict.fromkeys(("backups_all_hours", "backups_daily", "backups_weekly", "backups_monthly"), 0)
    central = Study.central(
        folder / CENTRAL,
        port=ports[CENTRAL],
        url=f"http://127.0.0.1:{ports[CENTRAL]}",
        backup_target=str(folder / "second disk"),
        backup_every=plan.size.backup_every,
        **few,
    )
    vault = create_vault(central.settings.vault, PASSPHRASE, Cost(MIN_MEMORY_KIB, 1, 2))
    for each in plan.nodes:
        changes = {"sync_every": plan.size.sync_every, "central_url": lines[line(each, CENTRAL)].url}
        url = f"http://127.0.0.1:{ports[each]}"
        node = Study.node(folder / each, central, port=ports[each], url=url, **changes)
        central.admit(node)
        node.close()
    ids = {each: _node_id(folder / each) for each in plan.nodes} | {CENTRAL: CENTRAL}
    devices = {
        each: _tablet(folder, each, plan, central, vault.public, {ids[to]: lines[line(each, to)].url for to in ids},
                      ids, mutant)
        for each in plan.tablets
    }  # fmt: skip
    central.close()
    for each in lines.values():
        each.target = ports[each.name.partition(">")[2]]
    return Founded(ports, devices)


def _node_id(place: Path) -> str:
    settings = (place / "feldbuch.toml").read_text("utf-8").splitlines()
    return next(each.split('"')[1] for each in settings if each.startswith("node = "))


def _tablet(
    folder: Path,
    name: str,
    plan: Plan,
    central: Study,
    study_key: bytes,
    places: dict[str, str],
    ids: dict[str, str],
    mutant: Mutant,
) -> str:
    key = generate_private_key(SECP256R1())
    public = signer_public_bytes(key)
    device = device_id(public)
    intake = new_intake_key(study_key)
    facts = DeviceFacts(device, SITE, INTERVIEWER, name, public)
    central.run(
        lambda connection: introduce(connection, central.feed, central.book, facts, intake, central.place.now())
    )
    identity = Identity(
        study=STUDY,
        site=SITE,
        interviewer=INTERVIEWER,
        device=device,
        signing=key.private_numbers().private_value,
        intake=intake.public.hex(),
        central=central.central_key.public_key().public_bytes_raw().hex(),
    )
    plans = plan.tablets[name]
    visits = [(at, ids[place]) for at, place in plans.visits]
    orders = Orders(name, f"{plan.seed}/{name}", identity, plans.creations, visits, places, mutant)
    (folder / name).mkdir()
    (folder / name / "orders.json").write_text(json.dumps(asdict(orders)), "utf-8")
    return device


def backups(folder: Path) -> BackupTarget:
    """The backups of a trial."""
    return BackupTarget(folder / "second disk")
