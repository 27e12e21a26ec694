"""Form JSON to definition and back, through marshmallow schemas.

`fields` holds the kinds of values, `items` the questions, groups and repeats, `document` the form as a whole
and the way in and out, `problems` how what marshmallow finds becomes findings with a JSON pointer.
"""

from forms.schema.document import MAX_BYTES, MAX_DEPTH, MAX_QUESTIONS, dump_form, load_form, read_form

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_QUESTIONS", "dump_form", "load_form", "read_form"]
