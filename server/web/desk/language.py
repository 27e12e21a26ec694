"""The languages of the desk, and how numbers, times and titles are written in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from flask import Flask, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user
from markupsafe import Markup

from server.place import Place
from server.web.desk.session import LANGUAGE

NAMES = {"de": "Deutsch", "en": "English"}


def init_app(app: Flask, place: Place) -> None:
    """Choose the language by the person's choice, then by what the browser asks for; add the filters."""
    languages = place.settings.languages

    def select() -> str:
        account = getattr(current_user, "account", None)
        for chosen in (session.get(LANGUAGE), account.language if account is not None else None):
            if chosen in languages:
                return str(chosen)
        return request.accept_languages.best_match(languages, default=languages[0]) or languages[0]

    Babel(app, default_locale=languages[0], locale_selector=select)
    app.jinja_env.filters.update(
        in_words=in_words, number=number, moment=moment, day=day, ago=ago, duration=duration, size=size
    )


def locale() -> str:
    """The language of this request."""
    return str(get_locale() or "en")


def region() -> str:
    """The language with the habits by which numbers and times are written: English as in Europe, not in America."""
    return "en_GB" if locale() == "en" else locale()


def in_words(texts: Mapping[str, str], otherwise: str = "") -> str:
    """The text in the language of this request, else in English or German, else in any, else ``otherwise``."""
    for language in (locale(), "en", "de", *texts):
        if texts.get(language):
            return texts[language]
    return otherwise


def number(value: int) -> str:
    """A number with the language's separators."""
    return format_decimal(value, locale=region())


def moment(value: datetime, form: str = "medium") -> Markup:
    """A time in the zone of this machine, as a ``time`` element."""
    local = value.astimezone()
    text = format_datetime(local, form, tzinfo=local.tzinfo, locale=region())
    iso = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(iso, text)


def day(value: datetime) -> Markup:
    """The date of a time in the zone of this machine, as a ``time`` element with the whole time as its title."""
    local = value.astimezone()
    whole = format_datetime(local, "short", tzinfo=local.tzinfo, locale=region())
    iso = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(iso, whole, format_date(local, "medium", locale()))


def ago(value: datetime, now: datetime) -> str:
    """How long ago a time was, in words."""
    return format_timedelta(min(value - now, timedelta(0)), add_direction=True, locale=region())


def duration(seconds: float) -> str:
    """A time span in words, to the minute."""
    return format_timedelta(timedelta(seconds=max(seconds, 1)), locale=region())


def size(value: int) -> str:
    """A number of bytes in kB, MB or GB."""
    steps = (("GB", 1_000_000_000), ("MB", 1_000_000))
    unit, step = next((each for each in steps if value >= each[1]), ("kB", 1000))
    return f"{format_decimal(round(value / step, 1), locale=region())}\u00a0{unit}"
