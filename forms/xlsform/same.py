"""Whether two XForms are the same form: what is compared, and what is passed over, part by part.

Compared as they stand, in their order: the title, the class of the body, the attributes of the model and of the
submission, the namespaces, the primary instance, the binds with every attribute, the actions, and the body.

Passed over, because no client can tell a difference:

- the `version` of the primary instance, which is our own on purpose;
- the order of attributes, which XML does not keep;
- the order of secondary instances, which are found by their id, and in an item of one that of its elements, which are
  found by their names;
- in the itext, the order of texts and of the values of one text, which are found by their id and form; of the
  translations it matters only which is the default one, or, where none is, which is the first.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

H = "{http://www.w3.org/1999/xhtml}"
X = "{http://www.w3.org/2002/xforms}"

_HEAD = [f"{H}title", f"{X}model"]
_MAX_DIFFERENCES = 20


class NotAnXFormError(Exception):
    """The text is no well-formed XML, or no XForm."""


def differences(theirs: str, ours: str) -> list[str]:
    """In what two XForms differ, the first 20 differences; empty where they are the same form.

    Raises NotAnXFormError where one of them is no XForm.
    """
    found = _compare("", canonical(theirs), canonical(ours))
    return [each for each, _ in zip(found, range(_MAX_DIFFERENCES), strict=False)]


def first_language(xml: str) -> str | None:
    """The language that an XForm begins with, as it is spelled there; None where it has a default one, or none at all.

    Raises NotAnXFormError.
    """
    itext = canonical(xml)["itext"]
    if not itext or any("default" in each["attributes"] for each in itext["languages"].values()):
        return None
    first: str | None = itext["default language"]
    return first


def canonical(xml: str) -> dict[str, Any]:
    """The parts of an XForm as values that are equal where the forms are. Raises NotAnXFormError."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        root = etree.fromstring(xml.encode(), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        raise NotAnXFormError(str(error)) from error
    if [each.tag for each in root] != [f"{H}head", f"{H}body"] or [each.tag for each in root[0]] != _HEAD:
        raise NotAnXFormError("a head with a title and a model, and a body, are expected")
    (title, model), body = root
    instance = model.find(f"{X}instance")
    if instance is None or len(instance) != 1 or len(model.findall(f"{X}itext")) > 1:
        raise NotAnXFormError("a primary instance, and one itext at most, are expected")
    others = [each for each in model.findall(f"{X}instance") if each is not instance]
    itext = model.find(f"{X}itext")
    rest = [each for each in model if each.tag not in (f"{X}instance", f"{X}itext")]
    primary = _element(instance[0])
    primary["attributes"].pop("version", None)
    return {
        "namespaces": dict(root.nsmap),
        "title": _element(title),
        "attributes of the model": dict(model.attrib),
        "itext": {} if itext is None else _itext(itext),
        "primary instance": primary,
        "secondary instances": _by_id(others),
        "model": [_element(each) for each in rest],
        "body": _element(body),
    }


def _element(element: etree._Element) -> dict[str, Any]:
    children = [_element(child) for child in element]
    return {
        "tag": element.tag,
        "attributes": dict(element.attrib),
        "text": element.text or "",
        "tails": [child.tail or "" for child in element],
        "children": children,
    }


def _itext(itext: etree._Element) -> dict[str, Any]:
    translations = list(itext)
    default = next((each for each in translations if each.get("default")), translations[0] if translations else None)
    return {
        "default language": None if default is None else default.get("lang"),
        "number of languages": len(translations),
        "languages": {
            str(each.get("lang")): {
                "attributes": dict(each.attrib),
                "number of texts": len(each),
                "texts": {str(text.get("id")): sorted((_element(value) for value in text), key=repr) for text in each},
            }
            for each in translations
        },
    }


def _by_id(instances: list[etree._Element]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for instance in instances:
        items = [_item(item) for root in instance for item in root]
        roots = [(root.tag, dict(root.attrib)) for root in instance]
        found[str(instance.get("id"))] = {"attributes": dict(instance.attrib), "roots": roots, "items": items}
    return found if len(found) == len(instances) else {**found, "number of instances": len(instances)}


def _item(item: etree._Element) -> dict[str, Any]:
    element = _element(item)
    element["children"] = sorted(element["children"], key=repr)
    return element


def _compare(place: str, theirs: Any, ours: Any) -> Iterator[str]:  # noqa: ANN401  parts of any kind
    if type(theirs) is not type(ours):
        yield f"{place or '/'}: {_short(theirs)} became {_short(ours)}"
    elif isinstance(theirs, dict):
        for key in sorted({*theirs, *ours}, key=str):
            here = f"{place}/{key}"
            if key not in ours:
                yield f"{here} is missing"
            elif key not in theirs:
                yield f"{here} is too many: {_short(ours[key])}"
            else:
                yield from _compare(here, theirs[key], ours[key])
    elif isinstance(theirs, list) and len(theirs) == len(ours):
        for number, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from _compare(f"{place}/{_name(one, number)}", one, other)
    elif theirs != ours:
        yield f"{place}: {_short(theirs)} became {_short(ours)}"


def _name(element: Any, number: int) -> str:  # noqa: ANN401
    """An element by what tells it from its neighbours."""
    if not isinstance(element, dict) or "tag" not in element:
        return str(number)
    attributes = element["attributes"]
    name = attributes.get("nodeset") or attributes.get("ref") or str(number)
    return f"{str(element['tag']).rpartition('}')[2]}[{name}]"


def _short(value: Any) -> str:  # noqa: ANN401
    return repr(value)[:160]
