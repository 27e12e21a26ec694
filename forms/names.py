"""What a name and a text may consist of, and which known word is nearest to a wrong one."""

import difflib
import re
from collections.abc import Iterable

_START = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
NAME = re.compile(rf"[{_START}][{_START}\-.0-9\u00b7\u0300-\u036f\u203f-\u2040]*")
"""An XML name without colon (NCName, XML 1.0): what a question, group, repeat or choice list is called."""

ATTRIBUTE = re.compile(rf"({NAME.pattern}:)?{NAME.pattern}")
"""The name of an XML attribute, possibly with a prefix."""

FORM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
"""The form's id: it stands in addresses, file names and the covers of envelopes, so it keeps to ASCII."""

LIST_NAME = re.compile(r"""(?!.*\.(csv|xml|geojson)$)[^\s"'<>&${}]+""")
"""The name of a choice list: it stands in expressions between quotes, and does not look like a file."""

CHOICES_FILE = re.compile(r"""(?!\.)[^\s/\\"'<>&${}]+\.(csv|xml|geojson)""")
"""The name of a file of choices; without its extension it stands in expressions between quotes."""

FILE_NAME = re.compile(r"(?!\.)[^/\\\u0000-\u001f]*[^/\\\u0000-\u001f\s.]")
"""A file name that means the same everywhere: no folders, no control characters, no dot in front, none at the end."""

SHA256 = re.compile(r"[0-9a-f]{64}")
"""The SHA-256 of some bytes: what a file of a published form is found by."""

PROPERTY = re.compile(rf"({NAME.pattern}#)?{NAME.pattern}")
"""A property of an entity, possibly with the dataset before it."""

CHOICE_NAME = re.compile(r"\S([^\n\r\t]*\S)?")
"""A choice's name. With blanks only where one is chosen: an answer lists several separated by blanks."""

MISSING_KIND = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""The name of a kind of missing answer: lower-case words."""

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""A language tag (the shape of BCP 47), such as de, bg or sr-Latn."""

UNTOLD = "default"
"""The code of texts that an XLSForm gives in no language, in a plain `label` column; it need not be declared."""

LANGUAGE_NAME = re.compile(r"(?!.*(::|  ))\S(.*\S)?")
"""The name of a language: it stands in the headers of columns, after two colons."""

ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that XML 1.0 cannot carry, not even escaped; a lone surrogate is among them."""

MAX_NAME = 200

RESERVED_NAMES = frozenset({"meta"})
TABLE_LIST_PREFIXES = ("reserved_name_for_field_list_labels_", "generated_table_list_label_")
"""How the questions are called that pyxform makes for a group with the appearance `table-list`."""
RESERVED_PREFIXES = ("__", *TABLE_LIST_PREFIXES)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None when none is near."""
    lowered = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold()[:MAX_NAME], lowered, n=1, cutoff=0.6)
    return lowered[found[0]] if found else None


def pointer(*tokens: str | int) -> str:
    """The JSON pointer (RFC 6901) made of these keys and positions."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)
