"""Every sentence of the desk is there in German, with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import server

ROOT = Path(server.__file__).parent
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def test_german_is_complete_and_current() -> None:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    said = {
        message
        for _, _, found, _, _ in extract_from_dir(ROOT, methods, options)
        for message in [found if isinstance(found, str) else found[:2]]
    }
    with (ROOT / "translations/de/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    known = {message.id: message for message in catalogue if message.id}
    assert said, "nothing was extracted"
    assert set(known) == said
    for message in known.values():
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), message.id
        assert not message.fuzzy, message.id
        for text in texts:
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(sources[-1])), message.id
