"""Sets of nodes: paths into repeats, with predicates or along an axis, which lxml finds.

A path is written again as plain XPath 1.0 that starts at the element of the round. What a predicate says of answers
outside of it is worked out before, and stands in the XPath as a variable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from forms.definition import Form
from forms.evaluate.scope import Names, Place, Round
from forms.evaluate.tree import Binary, Call, Literal, Negative, Node, Path, Reference, Step
from forms.evaluate.values import Result, Unanswerable, number, text
from forms.tables import ColumnKind

Run = Callable[[Round], Result]
Texts = Callable[[Round], list[Result]]

_PLAIN = frozenset(
    {"not", "true", "false", "boolean", "number", "string", "string-length", "concat", "contains", "starts-with"}
    | {"substring", "substring-before", "substring-after", "normalize-space", "translate", "count", "sum"}
    | {"floor", "ceiling", "round", "last", "position"}
)
"""Functions that are the same in XPath 1.0."""
_OF_CONTEXT = frozenset({"position", "last", "string", "number", "string-length", "normalize-space"})
_AXES = frozenset(
    {"child", "parent", "self", "ancestor", "ancestor-or-self", "descendant", "descendant-or-self", "attribute"}
    | {"preceding-sibling", "following-sibling", "preceding", "following"}
)
_SIZES = frozenset({"<", "<=", ">", ">="})
_DATES = frozenset({ColumnKind.DATE, ColumnKind.DATETIME, ColumnKind.TIME})
_SHORT = {("self", "node()"): ".", ("parent", "node()"): ".."}


class Unsupported(Exception):  # noqa: N818  not an error: such an expression is left to the clients
    """The expression needs what cannot be had here; the message names it in the words of the expression."""


@dataclass(slots=True)
class NodeWriter:
    """Writes paths of one place. `compile_outer` makes a function of what a predicate says of the world outside."""

    place: Place
    compile_outer: Callable[[Node], Run]
    variables: dict[str, Run] = field(default_factory=dict)

    def texts(self, node: Node) -> Texts:
        """A function that gives the texts of the nodes of a path. Raises `Unsupported`."""
        if isinstance(node, Path) and isinstance(node.start, Call) and node.start.name == "instance":
            name = node.start.arguments[0] if len(node.start.arguments) == 1 else None
            if not isinstance(name, Literal):
                raise Unsupported("instance()")
            return self.found(self._steps(node.steps, None), _choices(self.place.scope.form, str(name.value)))
        return self.found(self.path(node))

    def found(self, written: str, context: etree._Element | None = None) -> Texts:
        """A function that gives the texts of what the XPath finds, from the round's element or from `context`."""
        find, variables = _xpath(written or "."), self.variables

        def run(round_: Round) -> list[Result]:
            given = {name: _variable(value(round_)) for name, value in variables.items()}
            try:
                found = find(round_.element if context is None else context, **given)
            except (etree.XPathError, ValueError) as error:
                # Also what XML cannot carry, such as a decoded control character.
                raise Unanswerable from error
            return [each if isinstance(each, str) else (each.text or "") for each in found]

        return run

    def path(self, node: Node) -> str:
        """A reference or path, as seen from the element of the round."""
        if isinstance(node, Binary) and node.operator == "|":
            return f"{self.path(node.left)}|{self.path(node.right)}"
        if isinstance(node, Reference):
            names = self.place.names_of(node)
            if names is not None:
                return self.anchored(names)
        elif isinstance(node, Path):
            anchor = self.place.anchor(node)
            if anchor is not None:
                written = self.anchored(anchor.names, one=anchor.outward)
                return f"{written}{self._continued(anchor.rest, anchor.names)}"
            if node.start == "/" and node.steps and node.steps[0].axis == "descendant-or-self":
                return f"/{self._steps(node.steps, None)}"
        raise Unsupported(_words(node))

    def anchored(self, names: Names, *, one: bool = False) -> str:
        """The way from the round's element to an element of the form: up to what both share, then down.

        Of a repeat, it leads to all its rounds, or to the `one` around the expression.
        """
        scope, here = self.place.scope, self.place.table
        if names and names[0] == "meta":
            raise Unsupported("meta")
        shared: Names = here
        while shared and (names[: len(shared)] != shared or (names == shared and not one)):
            shared = scope.parent_of(shared)
        up, down = len(here) - len(shared), names[len(shared) :]
        return "/".join((*(("..",) * up or (".",)), *down))

    def _continued(self, steps: tuple[Step, ...], names: Names | None) -> str:
        if not steps:
            return ""
        if steps[0].axis == "self" and steps[0].test == "node()":
            # The predicates of the name that came before.
            before = self._predicates(steps[0], names)
            steps = steps[1:]
        else:
            before = ""
        return f"{before}/{self._steps(steps, names)}" if steps else before

    def _steps(self, steps: tuple[Step, ...], names: Names | None) -> str:
        written = []
        for step in steps:
            if step.axis not in _AXES or ":" in step.test:
                raise Unsupported(f"{step.axis}::{step.test}")
            if step.test in ("label", "itextId") and names is None:
                raise Unsupported(step.test)
            names = _after(names, step)
            plain = _SHORT.get((step.axis, step.test), f"{step.axis}::{step.test}")
            if step.predicates and plain in (".", ".."):
                plain = f"{step.axis}::node()"
            written.append(plain + self._predicates(step, names))
        return "/".join(written)

    def _predicates(self, step: Step, names: Names | None) -> str:
        for each in step.predicates:
            if isinstance(each, Literal) and isinstance(each.value, float):
                # A place to libxml2 and to browsers; to JavaRosa, as any number but 0, true of every node.
                raise Unsupported(f"[{each.value:g}]")
        return "".join(f"[{self._inner(each, names)}]" for each in step.predicates)

    def _inner(self, node: Node, names: Names | None) -> str:
        """An expression within a predicate. `names` are those of the element that it is asked about, if known."""
        if _looks_outside_only(node):
            name = f"v{len(self.variables)}"
            self.variables[name] = self.compile_outer(node)
            return f"${name}"
        if isinstance(node, Path):
            if node.start is not None:
                raise Unsupported(_words(node))
            return self._steps(node.steps, names)
        if isinstance(node, Negative):
            return f"-({self._inner(node.operand, names)})"
        if isinstance(node, Binary):
            if node.operator in _SIZES and (self._is_date(node.left, names) or self._is_date(node.right, names)):
                raise Unsupported(node.operator)
            return f"({self._inner(node.left, names)} {node.operator} {self._inner(node.right, names)})"
        if isinstance(node, Call):
            arguments = [self._inner(each, names) for each in node.arguments]
            if node.name == "selected" and len(arguments) == 2:
                return "contains(concat(' ',{},' '),concat(' ',{},' '))".format(*arguments)
            if node.name in _PLAIN and (node.name != "position" or not arguments):
                return f"{node.name}({','.join(arguments)})"
            raise Unsupported(f"{node.name}()")
        raise Unsupported(_words(node))

    def _is_date(self, node: Node, names: Names | None) -> bool:
        """Whether it is the answer to a question about a date: XPath 1.0 has no numbers for them."""
        if names is None or not isinstance(node, Path) or node.start is not None:
            return False
        inner = Place(self.place.scope, names, self.place.table)
        found = self.place.scope.targets.get(inner.names_of(node) or ())
        return found is None or found.kind in _DATES


def _after(names: Names | None, step: Step) -> Names | None:
    if names is None or step.axis == "self":
        return names
    if step.axis == "parent":
        return names[:-1]
    return (*names, step.test) if step.axis == "child" and step.test not in ("*", "node()", "text()") else None


def _looks_outside_only(node: Node) -> bool:
    """Whether it says the same of every node that the predicate is asked about."""
    if isinstance(node, Literal | Reference):
        return True
    if isinstance(node, Path):
        return node.start == "/" or isinstance(node.start, Reference) or node.start == Call("current", ())
    if isinstance(node, Negative):
        return _looks_outside_only(node.operand)
    if isinstance(node, Binary):
        return _looks_outside_only(node.left) and _looks_outside_only(node.right)
    if node.name in _OF_CONTEXT and not node.arguments:
        return False
    return all(_looks_outside_only(each) for each in node.arguments)


def _variable(value: Result) -> str | float | bool:
    if value.__class__ is bool:
        return bool(value)
    return number(value) if isinstance(value, float | int | Decimal) else text(value)


def _xpath(written: str) -> Callable[..., list[etree._Element | str]]:
    try:
        return etree.XPath(written, smart_strings=False)  # type: ignore[return-value]
    except etree.XPathError as error:
        raise Unsupported(written[:60]) from error


def _choices(form: Form, name: str) -> etree._Element:
    """A choice list as the instance that it is to expressions."""
    choices = form.choice_list(name)
    if choices is None:
        raise Unsupported(f"instance('{name}')")
    instance = etree.Element("instance")
    root = etree.SubElement(instance, "root")
    for choice in choices:
        item = etree.SubElement(root, "item")
        for column, value in columns_of(choice.name, choice.values).items():
            try:
                etree.SubElement(item, column).text = value
            except ValueError as error:
                raise Unsupported(f"instance('{name}')") from error
    return instance


def columns_of(name: str, values: Mapping[str, str | int | float] | None) -> dict[str, str]:
    """What expressions can ask of a choice: its name and its further columns, as texts."""
    return {"name": name, **{column: text(value) for column, value in (values or {}).items()}}


def _words(node: Node) -> str:
    """What to call an expression that is not supported."""
    match node:
        case Call():
            return f"{node.name}()"
        case Reference():
            return f"${{{'last-saved#' if node.last_saved else ''}{node.name}}}"
        case Binary():
            return node.operator
        case Path() if node.start is not None and not isinstance(node.start, str):
            return _words(node.start)
        case Path():
            return "/".join(step.test for step in node.steps)[:60] or "/"
    return "literal"
