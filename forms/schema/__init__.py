"""Form JSON to definition and back, through marshmallow schemas.

`fields` holds the kinds of single values, `maps`, `lists` and `parameters` what is made of them. `common`, `questions`
and `selects` hold the schemas of questions, `types` which type has which, `items` groups, repeats and lists of items,
`parts` what else a form holds, `form` the form as a whole. `document` is the way in and out; `problems` is how what
marshmallow finds becomes findings with a JSON pointer. Each field says what it is for, with an example: from there
`json_schema` makes the JSON Schema, and `reference` the page for people.
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
