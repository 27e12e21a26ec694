"""The answers in an instance's XML as typed tables, checked against the form, with no value dropped.

What does not fit its type stays as text in its cell (`Unread`); what has no cell at all stays in `leftovers`. Each is
told as a finding whose pointer is the path of the element, such as `/data/members[2]/age`. A column that is not in a
row was not in the XML (hidden by a relevance, or added by a later version); None means an empty element, and `Missing`
an empty one of which somebody said why.

`instance` parses the XML safely, `plan` works out once for a form what there is to read and to check, `reading` reads,
`checking` checks, `results` is what comes out of it. `expand` makes columns of 0 and 1 of multiple selections, `places`
reads points and lines, and `versions` lays the versions of a form side by side.
"""

from forms.answers.reading import AnswerReader, read_answers
from forms.answers.results import Answers, Leftover, Row, Table

__all__ = ["AnswerReader", "Answers", "Leftover", "Row", "Table", "read_answers"]
