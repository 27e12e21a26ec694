"""The form as ODK XForm XML, through pyxform.

The `id` of the instance's root is the form's id and its `version` is the version hash, all 64 digits, so that an
answer names the exact form it was given to.
"""

import re
from dataclasses import dataclass

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from forms.definition import Form, walk
from forms.errors import Code, FormError
from forms.xlsform import FIRST_ROW, Sheets, to_sheets

_ROW = re.compile(r"\[row\s*:\s*(\d+)\]\s*")
_NAMED = re.compile(r"'([^'\s]{1,200})'|\$\{([^}\s]{1,200})\}")
_MAX_MESSAGE = 600


@dataclass(frozen=True, slots=True)
class Compiled:
    """An XForm, and what pyxform remarked while making it."""

    xml: str
    remarks: tuple[str, ...]


def compile_xform(form: Form) -> str:
    """The form as ODK XForm XML (a text in UTF-8).

    Raises FormError `form.pyxform_refused` where pyxform refuses the form and `form.pyxform_broke` where it fails
    otherwise, with the JSON pointer of the question where it can be told.
    """
    return compile_with_remarks(form).xml


def compile_with_remarks(form: Form) -> Compiled:
    """The same as `compile_xform`, with pyxform's warnings."""
    sheets = to_sheets(form)
    remarks: list[str] = []
    try:
        result = convert(sheets.as_workbook(), warnings=remarks)
    except PyXFormError as error:
        raise _refusal(Code.PYXFORM_REFUSED, str(error), form, sheets) from error
    except (OSError, MemoryError):
        # The machine's fault, not the form's.
        raise
    except Exception as error:
        # pyxform lets errors of Python and of its XML writer through; for the author they are refusals as well.
        message = f"{type(error).__name__}: {error}"
        raise _refusal(Code.PYXFORM_BROKE, message, form, sheets) from error
    return Compiled(result.xform, tuple(remarks))


def _refusal(code: Code, message: str, form: Form, sheets: Sheets) -> FormError:
    params = {"message": _ROW.sub("", message)[:_MAX_MESSAGE]}
    return FormError(code, _place(message, form, sheets), params)


def _place(message: str, form: Form, sheets: Sheets) -> str:
    """The pointer of what pyxform complains about: by the row it names, else by a name it quotes."""
    found = _ROW.search(message)
    if found:
        pointers = sheets.choice_pointers if "'choices' sheet" in message else sheets.survey_pointers
        row = int(found.group(1)) - FIRST_ROW
        if 0 <= row < len(pointers):
            return pointers[row]
    places = {place.item.name: place.pointer for place in walk(form)}
    for quoted in _NAMED.finditer(message):
        name = (quoted.group(1) or quoted.group(2)).rsplit("/", 1)[-1]
        if name in places:
            return places[name]
    return ""
