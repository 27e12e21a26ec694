"""The words of a codebook page itself, by language; the texts of the form are the form's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What a codebook page says around the texts of the form."""

    codebook: str
    made: str
    version: str
    languages: str
    reviewed: str
    draft: str
    variables: str
    repeat: str
    no_text: str
    type: str
    asked_if: str
    allowed: str
    calculated: str
    codes_from: str
    missing: str
    personal: str
    special_category: str
    ended: str


WORDS: Mapping[str, Words] = {
    "de": Words(
        codebook="Codebuch",
        made="Aus dem Formular gemacht mit `feldbuch form codebook`; nicht von Hand ändern.",
        version="Version",
        languages="Sprachen",
        reviewed="geprüft: {reviewed} von {all} Texten",
        draft="Entwurf",
        variables="{count} Variablen",
        repeat="Eine Zeile je Eintrag von `{repeat}`.",
        no_text="wird ohne Frage festgehalten",
        type="Typ",
        asked_if="Gefragt, wenn",
        allowed="Zulässig",
        calculated="Berechnet als",
        codes_from="Werte aus der Datei",
        missing="Fehlende Werte",
        personal="personenbezogen",
        special_category="besondere Kategorie (Art. 9 DSGVO): {category}",
        ended="Wie ein Interview endete, sagt in den Daten die Spalte `__outcome`: `complete` vollständig, `partial` "
        "abgebrochen (warum, in `__outcome_reason`), `refused` abgelehnt; in welcher Sprache, `__language`.",
    ),
    "en": Words(
        codebook="Codebook",
        made="Made from the form by `feldbuch form codebook`; not to be changed by hand.",
        version="Version",
        languages="Languages",
        reviewed="reviewed: {reviewed} of {all} texts",
        draft="draft",
        variables="{count} variables",
        repeat="One row for each entry of `{repeat}`.",
        no_text="recorded without asking",
        type="Type",
        asked_if="Asked if",
        allowed="Allowed",
        calculated="Worked out as",
        codes_from="Values from the file",
        missing="Missing values",
        personal="personal",
        special_category="special category (Art. 9 GDPR): {category}",
        ended="How an interview ended is said in the data by the column `__outcome`: `complete`, `partial` for broken "
        "off (why, in `__outcome_reason`), `refused`; in which language, by `__language`.",
    ),
}
"""The languages in which a page can be framed; for others the frame is English."""
