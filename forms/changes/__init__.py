"""What changed between two versions of a form, in the words of the form, and what it means for data and drafts.

`model` holds what a change is, `pairs` finds which question was which before, `keys` compares what has the same
name, `lists` the choices, `difference` the whole, and `meaning` says what a change means.
"""

from forms.changes.difference import difference
from forms.changes.meaning import for_data, for_drafts
from forms.changes.model import Change, ChangeCode, DataMeaning, DraftMeaning, Spot, Subject

__all__ = [
    "Change",
    "ChangeCode",
    "DataMeaning",
    "DraftMeaning",
    "Spot",
    "Subject",
    "difference",
    "for_data",
    "for_drafts",
]
