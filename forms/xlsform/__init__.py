"""XLSForm in and out.

`write` makes the rows of a form, `companions` the questions for missing answers, `own` what XLSForm has no column
for, and `workbook` the .xlsx file. `files` reads .xlsx, .xls, .csv and Markdown under guard (`guard`), `judge` lets
pyxform decide whether the file is a form, `reading` and its neighbours make a form of it, and `same` compares the
XForm of that form with pyxform's own.
"""

from forms.xlsform.sheets import FIRST_ROW, Sheets
from forms.xlsform.write import export_sheets, to_sheets

__all__ = ["FIRST_ROW", "Sheets", "export_sheets", "to_sheets"]
