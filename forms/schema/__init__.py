"""Form JSON to definition and back, through marshmallow schemas.

`fields` holds the kinds of single values, `maps`, `lists` and `parameters` what is made of them, `questions` and
`items` the questions, groups and repeats, `parts` what else a form holds, `document` the form as a whole and the way
in and out, `problems` how what marshmallow finds becomes findings with a JSON pointer.
"""

from forms.schema.document import MAX_BYTES, MAX_DEPTH, dump_form, load_form, read_form
from forms.schema.items import MAX_QUESTIONS, keys_of
from forms.schema.parameters import PARAMETERS

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_QUESTIONS",
    "PARAMETERS",
    "dump_form",
    "keys_of",
    "load_form",
    "read_form",
]
