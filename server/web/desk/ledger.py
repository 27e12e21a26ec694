"""The ledger as a page, as a fragment that a small script fetches again, and one click down: a tablet."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response

from server.services.monitor.alarms import find_alarms
from server.services.monitor.contact import SILENT_AFTER
from server.services.monitor.journey import PAGE, read_copies, read_instances
from server.services.monitor.ledger import Ledger, read_ledger
from server.web.desk.tools import Tools, page


def add_routes(desk: Blueprint, tools: Tools) -> None:
    """``/``, ``/ledger/fragment``, ``/devices/ID``."""

    def ledger() -> Response:
        return page("ledger.html", **_values(read_ledger(tools.place, tools.remembered)))

    def fragment() -> Response:
        text = render_template("parts/ledger.html", **_values(read_ledger(tools.place, tools.remembered)))
        response = make_response(text)
        response.headers["Cache-Control"] = "no-cache"
        response.set_etag(hashlib.sha256(text.encode()).hexdigest())
        return response.make_conditional(request)

    def device(device: str) -> Response:
        seen = read_ledger(tools.place, tools.remembered)
        lines = [(site.site, line) for site in seen.sites for line in site.devices if line.device == device]
        if not lines:
            abort(404)
        before = request.args.get("before", type=int)
        instances = read_instances(tools.place, device, before)
        older = instances[-1].item if len(instances) == PAGE else None
        lines.sort(key=lambda each: not each[1].here)
        return page(
            "device.html",
            at=seen.at,
            lines=lines,
            instances=instances,
            older=older,
            copies=read_copies(tools.place, device),
        )

    desk.add_url_rule("/", "ledger", ledger)
    desk.add_url_rule("/ledger/fragment", "fragment", fragment)
    desk.add_url_rule("/devices/<device>", "device", device)


def _values(ledger: Ledger) -> dict[str, Any]:
    widest = max((each.counts.collected for each in ledger.sites), default=0)
    return {
        "ledger": ledger,
        "alarms": find_alarms(ledger),
        "widest": max(widest, 1),
        "silent_days": SILENT_AFTER.days,
        "groups": [
            (kind, sites)
            for kind in ("arrival", "origin", "unlisted")
            if (sites := [each for each in ledger.sites if each.site.kind == kind])
        ],
    }
