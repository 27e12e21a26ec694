"""The form as ODK XForm XML, through pyxform.

The `id` of the instance's root is the form's id and its `version` is the version hash, all 64 digits, so that an
answer names the exact form it was given to.
"""

import re
from dataclasses import dataclass

from forms.definition import Form, walk
from forms.errors import Code, FormError
from forms.xlsform.pyx import Complaint, PyxformRefusedError, run
from forms.xlsform.sheets import CHOICES, FIRST_ROW, SURVEY, Sheets
from forms.xlsform.write import to_sheets

_NAMED = re.compile(r"'([^'\s]{1,200})'|\$\{([^}\s]{1,200})\}")


@dataclass(frozen=True, slots=True)
class Compiled:
    """An XForm, and what pyxform remarked while making it. `itemsets` is the CSV of the external choices, if any."""

    xml: str
    remarks: tuple[str, ...]
    itemsets: str | None = None


def compile_xform(form: Form) -> str:
    """The form as ODK XForm XML (a text in UTF-8).

    Raises FormError `form.pyxform_refused` where pyxform refuses the form and `form.pyxform_broke` where it fails
    otherwise, with the JSON pointer of the question where it can be told.
    """
    return compile_with_remarks(form).xml


def compile_with_remarks(form: Form) -> Compiled:
    """The same as `compile_xform`, with pyxform's warnings and the external choices."""
    sheets = to_sheets(form)
    try:
        ran = run(sheets)
    except PyxformRefusedError as error:
        code = Code.PYXFORM_BROKE if error.broke else Code.PYXFORM_REFUSED
        params = {"message": error.complaint.message}
        raise FormError(code, _place(error.complaint, form, sheets), params) from error
    return Compiled(ran.xml, ran.remarks, ran.itemsets)


def _place(complaint: Complaint, form: Form, sheets: Sheets) -> str:
    """The pointer of what pyxform complains about: by the row it names, else by a name it quotes."""
    pointers = {SURVEY: sheets.survey_pointers, CHOICES: sheets.choice_pointers}.get(complaint.sheet or SURVEY, ())
    if complaint.row is not None and 0 <= complaint.row - FIRST_ROW < len(pointers):
        return pointers[complaint.row - FIRST_ROW]
    places = {place.item.name: place.pointer for place in walk(form)}
    for quoted in _NAMED.finditer(complaint.message):
        name = (quoted.group(1) or quoted.group(2)).rsplit("/", 1)[-1]
        if name in places:
            return places[name]
    return ""
