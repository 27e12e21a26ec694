"""Forms that are for some sites only: said with publishing, kept by the next version, changed and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from forms.schema import load_form
from server.cli.form import form
from server.errors.error import CodedError
from server.services.study.form_sites import EVERYWHERE, ForSites, limit_form, newest_bodies, sites_of
from server.services.study.publish import Published, Publishing
from tests.field import OTHER_SITE, SITE, Study
from tests.server.study.test_publish import FORM, changed


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = Study.central(tmp_path / "central")
    yield made
    made.close()


def publish(study: Study, sites: ForSites | None = None, title: str = "Besuch") -> Published:
    document = changed(lambda form: form["title"].update(de=title))
    return Publishing(study.place, study.feed, validator=None).publish(load_form(document), "mara", sites=sites)


def body(study: Study) -> dict[str, Any]:
    with study.place.engine.connect() as connection:
        return newest_bodies(connection, study.feed)["visit"]


def test_a_form_is_for_all_sites_unless_some_are_named(study: Study) -> None:
    publish(study)
    assert "sites" not in body(study)
    publish(study, ForSites.of(SITE), "Besuch 2")
    assert body(study)["sites"] == [SITE]


def test_the_next_version_keeps_the_sites_unless_it_says_others(study: Study) -> None:
    publish(study, ForSites.of(OTHER_SITE))
    newer = publish(study, title="Besuch 2")
    assert (body(study)["version"], body(study)["sites"]) == (newer.version, [OTHER_SITE])
    publish(study, EVERYWHERE, "Besuch 3")
    assert "sites" not in body(study)


def test_the_same_version_with_other_sites_changes_only_those(study: Study) -> None:
    first = publish(study)
    again = publish(study, ForSites.of(SITE))
    assert (again.new, again.sites_changed, again.version) == (False, True, first.version)
    assert not publish(study, ForSites.of(SITE)).sites_changed
    assert (body(study)["version"], body(study)["sites"]) == (first.version, [SITE])


def test_an_unknown_site_is_refused_and_nothing_is_published(study: Study) -> None:
    with pytest.raises(CodedError) as raised:
        publish(study, ForSites.of("bochum"))
    assert raised.value.code == "site.unknown"
    with study.place.engine.connect() as connection:
        assert newest_bodies(connection, study.feed) == {}


def test_a_withdrawn_form_comes_back_as_it_was(study: Study) -> None:
    publish(study)
    before = body(study)
    assert limit_form(study.place, study.feed, "visit", ForSites(()))
    assert sites_of(body(study)) == ForSites(())
    assert limit_form(study.place, study.feed, "visit", EVERYWHERE)
    assert not limit_form(study.place, study.feed, "visit", EVERYWHERE)
    assert body(study) == before
    with pytest.raises(CodedError) as raised:
        limit_form(study.place, study.feed, "unheard", EVERYWHERE)
    assert raised.value.code == "form.unpublished"


def run(study: Study, *words: str) -> Result:
    return CliRunner().invoke(form, [*words, "--place", str(study.settings.place)])


def test_the_commands_say_and_show_the_sites(study: Study, tmp_path: Path) -> None:
    publish(study)
    assert run(study, "sites", "visit", "--site", SITE).output == f"visit is now offered only at {SITE}.\n"
    assert f"  only at {SITE}\n" in run(study, "list").output
    assert run(study, "sites", "visit", "--nowhere").output == "visit is now offered nowhere any more.\n"
    assert run(study, "sites", "visit", "--all-sites").output == "visit is now offered at all sites.\n"
    assert run(study, "sites", "visit", "--all-sites").output == "visit is already offered at all sites.\n"
    assert "exclude one another" in run(study, "sites", "visit", "--all-sites", "--nowhere").output
    assert "Give --site" in run(study, "sites", "visit").output
    assert FORM["id"] == "visit"
