"""What stands at a JSON pointer into a form, by the names that its authors gave."""

from forms.definition import Form, Item, Question


def name_at(form: Form, pointer: str) -> str | None:
    """The names that lead to the place, joined by "/": `housing/rent`, or `yes_no/yes` for a choice.

    None where the pointer leads to neither a question nor a choice.
    """
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    if tokens[:1] == ["choices"]:
        return _choice(form, tokens[1:])
    names: list[str] = []
    items: tuple[Item, ...] = form.questions
    while len(tokens) > 1 and tokens[0] == "questions" and _is_within(tokens[1], items):
        item = items[int(tokens[1])]
        names.append(item.name)
        items = () if isinstance(item, Question) else item.questions
        tokens = tokens[2:]
    return "/".join(names) or None


def _choice(form: Form, tokens: list[str]) -> str | None:
    choices = form.choice_list(tokens[0]) if tokens else None
    if choices is None:
        return None
    if len(tokens) > 1 and _is_within(tokens[1], choices):
        return f"{tokens[0]}/{choices[int(tokens[1])].name}"
    return tokens[0]


def _is_within(token: str, values: tuple[object, ...]) -> bool:
    return token.isdecimal() and int(token) < len(values)
