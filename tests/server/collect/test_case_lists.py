"""The lists of cases on their way down: for whom they open, who relays them, and who gets none."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest

from server.services.collect.devices import DeviceFacts, introduce_further
from server.services.collect.rounds import run_round
from server.services.study.cases.keeping import CLOSED, Cases
from server.services.study.cases.reading import read_cases
from server.services.study.datasets.options import Reading
from server.storage.carriers import Content
from sync.envelope.cases import ListedCase, open_cases
from sync.envelope.keys import key_id, recipient_public_bytes
from sync.errors import EnvelopeError
from tests.field import INTERVIEWER, OTHER_SITE, SITE, STUDY, FieldDevice, Study

OTHER = "I-08"
TABLE = f"""case;label;site;interviewer
hh-1;Haus 1;{SITE};{INTERVIEWER}
hh-2;Haus 2;{SITE};{OTHER}
hh-3;Haus 3;{SITE};
hh-4;Haus 4;{OTHER_SITE};
"""


class Tablet(FieldDevice):
    """A tablet whose interviewer's private key the test holds."""

    def __init__(self, study: Study, interviewer: str = INTERVIEWER) -> None:
        super().__init__(study, interviewer=interviewer)
        self.seed = secrets.token_bytes(32)
        self.encryption_key = recipient_public_bytes(self.seed)

    def entries(self, place: Study) -> list[dict[str, Any]]:
        client = place.client()
        said = client.post("/sync/feed", json={}, headers=self.open_session(client)).get_json()["entries"]
        return [each["body"] for each in said if each["kind"] == "cases"]

    def sealed(self, place: Study) -> bytes:
        client = place.client()
        name = self.entries(place)[-1]["list"]["hash"]
        answer = client.get(f"/sync/content/{name}", headers=self.open_session(client))
        assert answer.status_code == 200
        return answer.get_data()

    def cases(self, place: Study) -> list[str]:
        found = open_cases(self.sealed(place), STUDY, self.id, self.interviewer, self.seed)
        return [each.id for each in found]


def take(central: Study, table: str = TABLE) -> Any:
    rows = read_cases(table.encode(), Reading()).rows
    return Cases(central.place, central.feed).take(rows, "mara")


@pytest.fixture
def tablet(central: Study) -> Tablet:
    made = Tablet(central)
    central.introduce(made)
    return made


def test_each_interviewer_gets_their_own_and_those_of_the_whole_site(central: Study, tablet: Tablet) -> None:
    second = Tablet(central, OTHER)
    central.introduce(second)
    assert take(central).lists == 2
    assert (tablet.cases(central), second.cases(central)) == (["hh-1", "hh-3"], ["hh-2", "hh-3"])
    (body,) = tablet.entries(central)
    assert (body["device"], body["interviewer"]) == (tablet.id, INTERVIEWER)
    assert body["key"] == key_id(tablet.encryption_key)
    assert body["list"]["size"] == len(tablet.sealed(central))


def test_another_device_neither_learns_of_a_list_nor_opens_it(central: Study, tablet: Tablet) -> None:
    second = Tablet(central, OTHER)
    central.introduce(second)
    take(central)
    sealed = tablet.sealed(central)
    assert [each["device"] for each in second.entries(central)] == [second.id]
    for device, who, seed in (
        (second.id, OTHER, second.seed),
        (tablet.id, INTERVIEWER, second.seed),
        (tablet.id, OTHER, tablet.seed),
    ):
        with pytest.raises(EnvelopeError) as caught:
            open_cases(sealed, STUDY, device, who, seed)
        assert caught.value.code == "envelope.cases.sealed"


def test_the_newest_list_replaces_the_one_before_and_central_forgets_that(central: Study, tablet: Tablet) -> None:
    take(central)
    first = tablet.entries(central)[-1]["list"]["hash"]
    changed = Cases(central.place, central.feed).change(["hh-1"], "mara", interviewer=OTHER)
    assert (changed.changed, changed.lists, changed.absent) == (1, 1, [(OTHER, SITE)])
    assert tablet.cases(central) == ["hh-3"]
    assert first not in {row.hash for row in central.rows(Content)}
    Cases(central.place, central.feed).change(["hh-3"], "mara", status=CLOSED)
    assert tablet.cases(central) == []
    assert len(tablet.entries(central)) == 3


def test_what_changes_nothing_for_somebody_seals_nothing_anew(central: Study, tablet: Tablet) -> None:
    take(central)
    again = take(central)
    assert (again.new, again.changed, again.same, again.lists) == (0, 0, 4, 0)
    assert take(central, TABLE.replace("Haus 2", "Haus 2a")).lists == 0
    assert len(tablet.entries(central)) == 1


def test_who_enrols_later_finds_the_cases_that_wait(central: Study) -> None:
    assert take(central).absent == [(INTERVIEWER, SITE), (OTHER, SITE)]
    tablet = Tablet(central)
    central.introduce(tablet)
    assert tablet.cases(central) == ["hh-1", "hh-3"]
    # A further interviewer on the same tablet has a key of their own, and a list of their own.
    seed = secrets.token_bytes(32)
    facts = DeviceFacts(tablet.id, SITE, OTHER, "tablet", tablet.public, recipient_public_bytes(seed), b"\0" * 1216)
    central.run(lambda c: introduce_further(c, central.feed, central.book, facts, central.place.now()))
    assert [each["interviewer"] for each in tablet.entries(central)] == [INTERVIEWER, OTHER]
    assert [each.id for each in open_cases(tablet.sealed(central), STUDY, tablet.id, OTHER, seed)] == ["hh-2", "hh-3"]


def test_before_the_first_case_there_is_no_list(central: Study, tablet: Tablet) -> None:
    assert tablet.entries(central) == []


def test_a_revoked_device_gets_no_list_and_those_it_had_are_forgotten(central: Study, tablet: Tablet) -> None:
    take(central)
    name = tablet.entries(central)[-1]["list"]["hash"]
    central.revoke(tablet)
    assert take(central, TABLE.replace("Haus 1", "Haus 1a")).lists == 0
    assert name not in {row.hash for row in central.rows(Content)}
    client = central.client()
    assert client.get(f"/sync/content/{name}", headers=tablet.open_session(client)).status_code == 403


def test_a_node_relays_the_newest_list_verbatim_and_forgets_the_others(
    central: Study, node: Study, tablet: Tablet
) -> None:
    central.admit(node)
    take(central)
    assert run_round(node.place, central.transport()).problem is None
    first = tablet.sealed(central)
    assert tablet.sealed(node) == first
    take(central, TABLE.replace("Haus 1", "Haus 1a"))
    run_round(node.place, central.transport())
    assert tablet.sealed(node) == tablet.sealed(central) != first
    assert first not in {row.data for row in node.rows(Content)}
    central.revoke(tablet)
    run_round(node.place, central.transport())
    assert node.rows(Content) == []


def test_a_list_that_a_node_was_told_of_and_is_replaced_meanwhile_comes_with_the_next_round(
    central: Study, node: Study, tablet: Tablet
) -> None:
    central.admit(node)
    take(central)
    transport = central.transport()
    fetch = transport.content

    def replaced(name: str) -> bytes:
        take(central, TABLE.replace("Haus 1", "Haus 1a"))
        return fetch(name)

    transport.content = replaced  # type: ignore[method-assign]
    run_round(node.place, transport)
    assert run_round(node.place, central.transport()).problem is None
    assert open_cases(tablet.sealed(node), STUDY, tablet.id, INTERVIEWER, tablet.seed)[0] == ListedCase(
        "hh-1", "Haus 1a"
    )


def test_nothing_of_a_case_stands_on_a_node(central: Study, node: Study, tablet: Tablet) -> None:
    central.admit(node)
    take(central, f"case,label,site,note\nkanarie-1,Kanarienhaus,{SITE},Kanarienvogel\n")
    run_round(node.place, central.transport())
    assert tablet.cases(node) == ["kanarie-1"]
    for path in Path(node.settings.place).rglob("*"):
        if path.is_file() and "sock" not in path.name:
            assert b"anarie" not in path.read_bytes(), path
