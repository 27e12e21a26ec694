"""XLSForm in and out.

Out: `write` makes the rows of a form (with `rows`), `companions` the questions for missing answers, `own` what XLSForm
has no column for, `workbook` the .xlsx file. `pyx` runs pyxform, with typographic quotes kept safe by `quotes`.

In: `files` reads .xlsx and .xls (`excel`), .csv and Markdown (`textfiles`, `lines`) under guard (`guard`) as a `book`.
`judge` lets pyxform decide whether it is a form, and `search` finds the cell at fault. `grouping` resolves the names of
columns; `reading` makes the form's JSON of them: `nodes` the tree of the survey, `items` its questions (with `types`
and `cells`), `lists` the choices, `settings`, `languages`. `origins` knows the cell behind each part of the JSON.
`same` compares the XForm of the form with pyxform's own.
"""

from forms.xlsform.sheets import FIRST_ROW, Sheets
from forms.xlsform.write import export_sheets, to_sheets

__all__ = ["FIRST_ROW", "Sheets", "export_sheets", "to_sheets"]
