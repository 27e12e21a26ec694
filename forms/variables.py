"""What the columns of a table are called in statistics programs, which know no "-" and no "/" in a name.

A variable is called by the question's own name where that is the only one of its table, upper and lower case being
the same; else by the names of its groups as well, joined by "_". `housing-rent` is `rent`, and `housing_rent` where
there is another `rent`.
"""

import re
from collections import Counter
from collections.abc import Mapping

from forms.tables import Column, Layout

_NOT_IN_NAMES = re.compile(r"[-/]")


def variable_names(layout: Layout) -> Mapping[str, str]:
    """The variable of each column of a table, by the column's name.

    Nothing is shortened, and two columns can still come to one name; `forms.checks.statistics` tells both.
    """
    own = {column.name: _own_name(column) for column in layout.columns}
    times = Counter(name.casefold() for name in own.values())
    return {
        column: name if times[name.casefold()] == 1 else _NOT_IN_NAMES.sub("_", column) for column, name in own.items()
    }


def _own_name(column: Column) -> str:
    name = column.name
    if column.question is not None and (start := name.rfind(f"-{column.question.name}")) >= 0:
        rest = name[start + 1 + len(column.question.name) :]
        if rest == "" or rest[0] in "-_/":
            name = name[start + 1 :]
    return _NOT_IN_NAMES.sub("_", name)
