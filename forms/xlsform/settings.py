"""The settings of an XLSForm as keys of our JSON."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from pyxform import aliases, constants

from forms.names import FORM_ID, UNTOLD
from forms.xlsform.book import as_text
from forms.xlsform.grouping import Grouped
from forms.xlsform.languages import Languages

Json = dict[str, Any]

_PLAIN = {"instance_name": "instance_name", "style": "style"}
_SUBMISSION = {
    "submission_url": "url",
    "public_key": "public_key",
    "auto_send": "auto_send",
    "auto_delete": "auto_delete",
}
_ATTRIBUTES = {"instance_xmlns": "xmlns", "prefix": "odk:prefix", "delimiter": "odk:delimiter"}
# pyxform overwrites these with the form's own.
_OVERWRITTEN = frozenset({"id", "version"})
_ID_LENGTH = 100


def settings_of(
    grouped: Grouped, in_survey: Mapping[str, str], languages: Languages, own: Mapping[str, Any], stem: str | None
) -> Json:
    """The keys of the form that stand in its settings; `in_survey` are those in rows of the survey, `own` our own."""
    cells = dict(grouped.rows[0]) if grouped.rows else {}
    given: Json = {key: value if isinstance(value, Mapping) else as_text(value) for key, value in cells.items()}
    # pyxform makes the title of the id before it reads the survey.
    title = in_survey.get(constants.TITLE) or given.get(constants.TITLE) or given.get(constants.ID_STRING) or stem
    xform_id = in_survey.get(constants.ID_STRING) or given.get(constants.ID_STRING) or stem
    prefix = in_survey.get(constants.COMPACT_PREFIX)
    if prefix is not None:
        given[constants.COMPACT_PREFIX] = prefix
    form: Json = {
        **_identity(str(xform_id or constants.DEFAULT_FORM_NAME), own),
        **_titled(str(title or constants.DEFAULT_FORM_NAME), _default_language(given, languages, own), own),
    }
    if "version" in given and given["version"] != own.get("version"):
        form["version_label"] = given["version"]
    elif "version_label" in own:
        form["version_label"] = own["version_label"]
    form.update({key: given[name] for name, key in _PLAIN.items() if name in given})
    submission: dict[str, Any] = {key: given[name] for name, key in _SUBMISSION.items() if name in given}
    if (editable := _truth(given.get("client_editable"))) is not None:
        submission["editable"] = editable
    if submission:
        form["submission"] = submission
    if (several := _truth(given.get(constants.ALLOW_CHOICE_DUPLICATES))) is not None:
        form["allow_duplicate_choices"] = several
    if _truth(given.get("omit_instanceID")):
        form["instance_id"] = False
    elif "instance_id" in given:
        form["instance_id"] = given["instance_id"]
    if given.get("flat"):
        form["flat"] = True
    elif "flat" in own:
        form["flat"] = own["flat"]
    root = given.get(constants.NAME)
    if root is not None and (grouped.book.exact or root != constants.DEFAULT_FORM_NAME):
        form["root_name"] = root
    attributes = {**_map(given, "instance"), **_map(given, constants.ATTRIBUTE)}
    attributes.update({key: given[name] for name, key in _ATTRIBUTES.items() if name in given})
    attributes = {name: value for name, value in attributes.items() if name not in _OVERWRITTEN}
    if attributes:
        form["attributes"] = attributes
    if namespaces := _namespaces(str(given.get("namespaces", ""))):
        form["namespaces"] = namespaces
    return form


def _identity(xform_id: str, own: Mapping[str, Any]) -> Json:
    if own.get("xform_id") == xform_id and isinstance(own.get("id"), str):
        return {"id": own["id"], "xform_id": xform_id}
    if FORM_ID.fullmatch(xform_id):
        return {"id": xform_id}
    plain = unicodedata.normalize("NFKD", xform_id).encode("ascii", "ignore").decode()
    word = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain).strip("_.-")[:_ID_LENGTH]
    return {"id": word or "form", "xform_id": xform_id}


def _default_language(given: Mapping[str, Any], languages: Languages, own: Mapping[str, Any]) -> str:
    spelling = str(given.get(constants.DEFAULT_LANGUAGE_KEY, UNTOLD))
    code = own.get("default_language")
    if isinstance(code, str) and spelling in (UNTOLD if code == UNTOLD else languages.title(code), code):
        return code
    return UNTOLD if spelling == UNTOLD and not languages.explicit_default else languages.code(spelling)


def _titled(title: str, default: str, own: Mapping[str, Any]) -> Json:
    """The title in every language that we know it in; what the settings say holds for the default language."""
    titles = dict(own["title"]) if isinstance(own.get("title"), dict) and own["title"] else {}
    shown = titles.get(default) or (titles[min(titles)] if titles else None)
    if shown != title:
        titles[default] = title
    return {"title": titles, "default_language": default}


def _map(given: Mapping[str, Any], key: str) -> dict[str, str]:
    value = given.get(key)
    return {str(name): as_text(each) for name, each in value.items()} if isinstance(value, Mapping) else {}


def _namespaces(text: str) -> dict[str, str]:
    """As pyxform reads them: `prefix="address"`, with blanks between; what it knows itself stays what it is."""
    pairs = [each.split("=") for each in text.split() if each.count("=") == 1]
    known = {name.partition(":")[2] for name in constants.NSMAP}
    return {
        prefix: address.replace('"', "").replace("'", "") for prefix, address in pairs if prefix and prefix not in known
    }


def _truth(value: object) -> bool | None:
    truth: bool | None = aliases.yes_no.get(str(value)) if value is not None else None
    return truth
