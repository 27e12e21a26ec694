"""A central with a real vault process, a published form, and instances that a device sealed and delivered."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from forms.definition import Form
from forms.schema import load_form
from server.services.collect.feed import Feed
from server.services.study.publish import Override, Publishing
from server.settings import read_settings
from server.storage.carriers import FormVersion
from server.vault.client import VaultClient
from server.vault.keyfile import MIN_MEMORY_KIB, Cost, create_vault
from server.vault.process import vault_of
from sync.envelope.cover import FormReference
from sync.envelope.record import COMPLETE, Attachment, Kept, Outcome, RecordDocument
from tests.field import FieldDevice, Study

PASSPHRASE = "five words that nobody guesses"
FORM = "visit"

FIRST: dict[str, Any] = {
    "feldbuch_form": 1,
    "id": FORM,
    "title": {"en": "Visit"},
    "languages": [{"code": "en"}],
    "default_language": "en",
    "choices": {
        "reasons": [
            {"name": "work", "label": {"en": "Work"}},
            {"name": "family", "label": {"en": "Family"}},
        ]
    },
    "questions": [
        {"type": "text", "name": "place", "label": {"en": "Place"}},
        {"type": "select_multiple", "name": "why", "label": {"en": "Why"}, "choices": "reasons"},
        {"type": "geopoint", "name": "where", "label": {"en": "Where"}},
        {"type": "image", "name": "photo", "label": {"en": "Photo"}},
        {
            "type": "repeat",
            "name": "member",
            "label": {"en": "Member"},
            "questions": [
                {"type": "text", "name": "name", "label": {"en": "Name"}},
                {"type": "integer", "name": "age", "label": {"en": "Age"}},
            ],
        },
    ],
}
SECOND: dict[str, Any] = {
    **FIRST,
    "questions": [*FIRST["questions"], {"type": "decimal", "name": "rent", "label": {"en": "Rent"}}],
}


def instance_xml(instance: str, version: str, answers: str, form: str = FORM) -> str:
    return (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="{form}" version="{version}">{answers}'
        f"<orx:meta><orx:instanceID>{instance}</orx:instanceID></orx:meta></data>"
    )


def publish(study: Study, form: Form, folder: Path | None = None) -> str:
    """Publish a form in one of the study's languages only, with files of a folder; returns its version."""
    override = Override.of(["study_language"], "Tests are written in one language.")
    publishing = Publishing(study.place, Feed.of(study.place), validator=None)
    return publishing.publish(form, "mara", override, folder).version


class Collected:
    """A study with a vault, and what a test collects in it."""

    def __init__(self, study: Study, vault: VaultClient) -> None:
        self.study, self.vault, self.place = study, vault, study.place
        with self.place.engine.connect() as connection:
            self.first = connection.execute(select(FormVersion.version)).scalar_one()
        self.device = self.new_device()

    def publish(self, document: dict[str, Any], folder: Path | None = None) -> str:
        form: Form = load_form(document)
        return publish(self.study, form, folder)

    def new_device(self, *, introduced: bool = True) -> FieldDevice:
        device = FieldDevice(self.study)
        device.intake_key = self.vault.new_intake_key()
        if introduced:
            self.study.introduce(device)
        return device

    def collect(
        self,
        instance: str,
        answers: str,
        *,
        photos: dict[str, bytes] | None = None,
        withheld: tuple[str, ...] = (),
        version: str | None = None,
        device: FieldDevice | None = None,
        inner: str | None = None,
        xml: str | None = None,
        outcome: Outcome = COMPLETE,
        card: str | None = None,
        case: str | None = None,
        kept: tuple[Kept, ...] = (),
        **facts: Any,
    ) -> list[str]:
        """Seal an instance with its photos and deliver it, but for the withheld ones; returns the states."""
        device, version = device or self.device, version or self.first
        reference = FormReference(FORM, version)
        manifest, items = [], []
        for number, (name, content) in enumerate((photos or {}).items(), start=1):
            digest = hashlib.sha256(content).hexdigest()
            manifest.append(Attachment("image/jpeg", name, f"a{number}", digest, len(content)))
            item = device.seal(content, instance, f"a{number}", form=reference, **facts)
            if name not in withheld:
                items.append(item)
        text = xml or instance_xml(inner or instance, version, answers)
        document = RecordDocument(text, "en", tuple(manifest), outcome, card, case, kept)
        items.append(device.seal_record(document, instance, form=reference, **facts))
        return [answer.state for answer in self.study.intake.receive(device.carrier, items)]


@dataclass(frozen=True)
class Template:
    """A central with a vault and a form, to be copied for each test: making one takes a second."""

    folder: Path
    key: Ed25519PrivateKey
    vault: VaultClient


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    study = Study.central(tmp_path_factory.mktemp("template") / "central")
    create_vault(study.settings.vault, PASSPHRASE, Cost(MIN_MEMORY_KIB, 1, 2))
    publish(study, load_form(FIRST))
    study.close()
    with vault_of(study.settings) as vault:
        yield Template(study.settings.place, study.central_key, vault)


@pytest.fixture
def collected(tmp_path: Path, template: Template):
    folder = tmp_path / "central"
    shutil.copytree(template.folder, folder, ignore=shutil.ignore_patterns("vault.sock", "vault.lock", "audit.log"))
    study = Study(read_settings(folder), template.key)
    yield Collected(study, template.vault)
    study.close()


@pytest.fixture
def grant(collected: Collected):
    return collected.vault.unlock(PASSPHRASE, "mara")
