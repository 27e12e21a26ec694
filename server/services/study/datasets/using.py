"""Which published forms use a dataset."""

from __future__ import annotations

import json
from collections import defaultdict

from sqlalchemy import select

from server.place import Place
from server.services.collect.contents import CONTENTS
from server.services.study.datasets.keeping import ENDING
from server.storage.carriers import FormVersion


def forms_using(place: Place, name: str) -> dict[str, list[str]]:
    """By the hash of the dataset: the form versions that are bound to it, as ``FORM, version HASH``, oldest first."""
    query = (
        select(FormVersion.form, FormVersion.version, CONTENTS.c.data)
        .join(CONTENTS, CONTENTS.c.hash == FormVersion.version)
        .order_by(FormVersion.published_at)
    )
    found: dict[str, list[str]] = defaultdict(list)
    with place.engine.connect() as connection:
        for form, version, definition in connection.execute(query):
            bound = json.loads(definition).get("files", {}).get(name + ENDING)
            if bound is not None:
                found[bound].append(f"{form}, version {version}")
    return found
