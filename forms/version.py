"""How a form version is named: by the hash of its canonical JSON.

Canonical JSON is RFC 8785, so white space, the order of keys and the spelling of numbers do not change the
name; anything that a person could read differently does.
"""

import hashlib

import rfc8785

from forms.errors import Code, FormError


def canonical_json(document: object) -> bytes:
    """The canonical JSON (RFC 8785, UTF-8) of a document made of dict, list, str, int, float, bool and None.

    Raises FormError `form.bad_number` where a number is not finite or beyond 2**53, and
    `form.illegal_character` where a text holds half of a surrogate pair.
    """
    try:
        return rfc8785.dumps(document)  # type: ignore[arg-type]
    except (rfc8785.FloatDomainError, rfc8785.IntegerDomainError) as error:
        raise FormError(Code.BAD_NUMBER) from error
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise FormError(Code.ILLEGAL_CHARACTER, params={"character": "U+D800"}) from error


def version_hash(document: object) -> str:
    """SHA-256 of the canonical JSON: 64 lower-case hexadecimal digits. Raises as `canonical_json` does."""
    return hashlib.sha256(canonical_json(document)).hexdigest()
