"""An instance's XML, parsed safely: no DTD, no entities, no network, bounded size and depth.

How deep the elements of a form lie, the form says; how deep anything else may lie says `bound_depth`, which is asked
before such elements are looked into.
"""

from lxml import etree

from forms.errors import Code, FormError

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64
_BOM = b"\xef\xbb\xbf"


_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    load_dtd=False,
    dtd_validation=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    recover=False,
)
_DEEPER = etree.XPath("boolean(" + "*/" * (MAX_DEPTH - 1) + "*)")


def parse_instance(xml: bytes) -> etree._Element:
    """The root element of an instance, in UTF-8.

    Raises FormError: `answers.too_large`, `answers.encoding`, `answers.dtd`, `answers.xml_syntax` (with line and
    column) or, where the parser itself gives up, `answers.too_deep`.
    """
    if len(xml) > MAX_BYTES:
        raise FormError(Code.ANSWERS_TOO_LARGE, params={"limit": MAX_BYTES})
    if not xml.isascii():
        try:
            xml.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FormError(Code.ANSWERS_ENCODING) from error
    if _prolog_holds_dtd(xml):
        raise FormError(Code.ANSWERS_DTD)
    try:
        root = etree.fromstring(xml, _PARSER)
    except etree.XMLSyntaxError as error:
        if "depth" in str(error).lower():
            raise FormError(Code.ANSWERS_TOO_DEEP, params={"limit": MAX_DEPTH}) from error
        line, column = error.position
        raise FormError(Code.ANSWERS_SYNTAX, params={"line": line or 0, "column": column or 0}) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FormError(Code.ANSWERS_DTD)
    return root


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def text_of(element: etree._Element) -> str | None:
    """The element's own text as it stands, or None where it is empty or only white space."""
    text = element.text
    return text if text is not None and text.strip() else None


def _prolog_holds_dtd(xml: bytes) -> bool:
    """Whether a DTD stands before the root element: told before any parser sees it."""
    position = len(_BOM) if xml.startswith(_BOM) else 0
    while True:
        while xml[position : position + 1].isspace():
            position += 1
        if xml.startswith(b"<?", position):
            end = xml.find(b"?>", position)
        elif xml.startswith(b"<!--", position):
            end = xml.find(b"-->", position + 4)
        else:
            return xml.startswith(b"<!", position)
        if end < 0:
            return False
        position = end + (2 if xml.startswith(b"?>", end) else 3)


def bound_depth(element: etree._Element) -> None:
    """Raises FormError `answers.too_deep` where the tree of an element has more than `MAX_DEPTH` levels."""
    if _DEEPER(element.getroottree().getroot()):
        raise FormError(Code.ANSWERS_TOO_DEEP, params={"limit": MAX_DEPTH})
