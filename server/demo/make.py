"""Making a demo: a central with the example study and its published form, and the address changes of a later start."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files

from flask import Flask

from forms.schema.document import read_form
from server.demo.folder import DESK_USER, DemoFolder
from server.place import Place
from server.services.collect.enrolment import make_enrolment_link
from server.services.collect.feed import Feed
from server.services.collect.joining import NodePlan, join_study
from server.services.collect.nodes import make_join_link
from server.services.operate.database import create_database, upgrade_database
from server.services.operate.init import Founding, found_central
from server.services.operate.move import move_node, move_peer, move_place
from server.services.operate.study_file import read_study_file
from server.services.study.publish import Publishing
from server.settings import Settings, read_settings

INSTRUMENT = "household_survey.json"
SITE, INTERVIEWER = "duisburg", "int-01"
BACKUP_EVERY, SYNC_EVERY = 60, 5
NODE_NAME = "Demo node"
DEVICES_AT_MOST = 1000

Compose = Callable[[Settings], tuple[Flask, Place]]


def make_central(demo: DemoFolder, secrets: dict[str, str], compose: Compose) -> None:
    """Make the central, or move it to the ports of this start; publish the form; see to the enrolment link."""
    if demo.central.exists():
        settings = read_settings(demo.central, {})
        settings = move_place(
            settings, url=demo.central_url, port=demo.central_port, node_origins=(demo.node_url,),
            backup_target=str(demo.backup),
        )  # fmt: skip
    else:
        settings = _found(demo, secrets, compose)
    app, place = compose(settings)
    try:
        upgrade_database(app)
        feed = Feed.of(place)
        if demo.node_is_there:
            move_node(place, feed, read_settings(demo.node, {}).node, demo.node_url)
        document = files("forms").joinpath("instruments", INSTRUMENT).read_bytes()
        Publishing(place, feed).publish(read_form(document), by="demo")
        if secrets.get("enrolled_at") != demo.central_url:
            secrets["enrolment"] = make_enrolment_link(
                place, feed, site=SITE, interviewer=INTERVIEWER, uses=None, days=None
            )
            secrets["enrolled_at"] = demo.central_url
            demo.write_secrets(secrets)
    finally:
        place.writer.close()
        place.engine.dispose()


def join_node(demo: DemoFolder, compose: Compose) -> None:
    """Make the demo's node and join it, for all sites, with the central that is being served.

    Raises ``CodedError`` as ``join_study`` does; the next start goes on where this one stopped.
    """
    _, place = compose(read_settings(demo.central, {}))
    try:
        with as_file(files("server.demo").joinpath("study.json")) as path:
            sites = read_study_file(path).sites
        link = make_join_link(
            place,
            Feed.of(place),
            name=NODE_NAME,
            url=demo.node_url,
            sites=sites,
            devices_at_most=DEVICES_AT_MOST,
            days=1,
        )
    finally:
        place.writer.close()
        place.engine.dispose()

    def make_database(settings: Settings) -> None:
        app, node = compose(settings)
        try:
            create_database(app)
        finally:
            node.writer.close()
            node.engine.dispose()

    join_study(link, NodePlan(demo.node, port=demo.node_port), make_database)


def move_to_ports(demo: DemoFolder, compose: Compose) -> None:
    """Give the node the ports of this start."""
    before = read_settings(demo.node, {})
    settings = move_place(
        before, url=demo.node_url, port=demo.node_port, central_url=demo.central_url, app_origin=demo.central_url,
        sync_every=SYNC_EVERY,
    )  # fmt: skip
    app, place = compose(settings)
    try:
        upgrade_database(app)
        move_peer(place, before.central_url, settings.central_url)
    finally:
        place.writer.close()
        place.engine.dispose()


def _found(demo: DemoFolder, secrets: dict[str, str], compose: Compose) -> Settings:
    with as_file(files("server.demo").joinpath("study.json")) as path:
        study = read_study_file(path)
    settings = Settings(
        place=demo.central,
        role="central",
        study=study.id,
        url=demo.central_url,
        port=demo.central_port,
        node_origins=(demo.node_url,),
        backup_target=str(demo.backup),
        backup_every=BACKUP_EVERY,
    )
    found_central(Founding(settings, study, DESK_USER, secrets["vault_passphrase"], secrets["desk_password"]), compose)
    return settings
