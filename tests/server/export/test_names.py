"""File names that no tablet can lead astray."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.export.names import Names, safe_name

ODD = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("./\\:ConNUL ;\u202e\x00")), max_size=300)


@given(ODD)
def test_a_safe_name_is_one_name_on_every_system(name):
    safe = safe_name(name)
    assert 0 < len(os.fsencode(safe)) <= 200
    assert not set(safe) & set('<>:"/\\|?*\u202e')
    assert safe.isprintable() or all(letter >= " " for letter in safe)
    assert not safe.endswith((".", " "))
    assert safe not in (".", "..")
    assert safe.split(".")[0].upper() not in ("CON", "NUL", "COM1")
    assert safe_name(safe) == safe


@given(st.lists(ODD, max_size=20))
def test_each_name_is_given_once_also_where_case_is_the_same(names):
    giver = Names()
    given_names = [giver.take(name) for name in names]
    assert len({each.casefold() for each in given_names}) == len(names)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.jpg", "photo.jpg"),
        ("uuid:1", "uuid_1"),
        ("..", "_"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("con.jpg", "_con.jpg"),
        ("Grüße.jpg", "Grüße.jpg"),
        ("ä" * 200 + ".jpg", "ä" * 88 + ".jpg"),
    ],
)
def test_known_names(name, safe):
    assert safe_name(name) == safe
