"""Expressions as functions of a round: `compile_expression` is the way in."""

from dataclasses import dataclass, field

from forms.evaluate.arithmetic import ARITHMETIC, calculates
from forms.evaluate.calls import compile_call
from forms.evaluate.nodes import NodeWriter, Run, Texts, Unsupported
from forms.evaluate.operators import (
    SIZES,
    TURNED,
    Holds,
    Limit,
    column_equals_text,
    compares_numbers,
    equals_number,
    equals_text,
    from_row,
    junction,
    junction_of_two,
    only,
    size_of,
    size_of_column,
    within,
)
from forms.evaluate.scope import Place, Round, Target
from forms.evaluate.syntax import ExpressionError, parse
from forms.evaluate.tree import Binary, Call, Literal, Negative, Node, Path, Reference
from forms.evaluate.values import Result, Unanswerable, compared, equal, number, truth
from forms.tables import ColumnKind

_TEXTS = frozenset({ColumnKind.TEXT, ColumnKind.CHOICE, ColumnKind.ATTACHMENT, ColumnKind.MISSING})
_NUMBERS = frozenset({ColumnKind.INTEGER, ColumnKind.DECIMAL})


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that can be asked about a round.

    `holds` gives its truth and raises `Unanswerable`. `open` names what in it cannot be known from the answers, such
    as `today()`; it is empty where the answers are enough.
    """

    holds: Holds
    open: tuple[str, ...] = ()


def compile_expression(source: str, place: Place) -> Expression:
    """The expression as seen from its place. It never raises: what cannot be understood is `open`."""
    compiler = _Compiler(place)
    try:
        run = compiler.condition(parse(source))
    except ExpressionError as error:
        return Expression(_unanswerable, (str(error) or source[:20],))
    except RecursionError:
        return Expression(_unanswerable, (source[:20],))
    return Expression(run, tuple(dict.fromkeys(compiler.open)))


def compile_texts(source: str, place: Place) -> tuple[Texts | None, str]:
    """A function that gives the texts of the nodes that a path means, or None and what would be needed for it."""
    try:
        return _Compiler(place).texts(parse(source)), ""
    except (ExpressionError, Unsupported, RecursionError) as error:
        return None, str(error)[:60] or source[:20]


def _unanswerable(_: Round) -> bool:
    raise Unanswerable


@dataclass(slots=True)
class _Compiler:
    place: Place
    open: list[str] = field(default_factory=list)

    def condition(self, node: Node) -> Holds:
        """The truth of an expression."""
        if isinstance(node, Binary):
            if node.operator in ("and", "or"):
                return self._junction(node)
            if node.operator in SIZES:
                return self._size(node)
            if node.operator in ("=", "!="):
                return self._equality(node)
        if isinstance(node, Call) and node.name == "not" and len(node.arguments) == 1:
            inner = self.condition(node.arguments[0])
            return lambda round_: not inner(round_)
        run = self.value(node)
        if isinstance(node, Call) and node.name in ("selected", "is-selected"):
            return run  # type: ignore[return-value]
        return lambda round_: truth(run(round_))

    def value(self, node: Node) -> Run:
        """The value of an expression."""
        try:
            return self._value(node)
        except Unsupported as error:
            self.open.append(str(error))
            return _unanswerable

    def texts(self, node: Node) -> Texts:
        """The values of a set of nodes. Raises `Unsupported`."""
        if isinstance(node, Call) and node.name == "randomize" and node.arguments:
            return self.texts(node.arguments[0])
        return NodeWriter(self.place, self.value).texts(node)

    def _value(self, node: Node) -> Run:
        if isinstance(node, Literal):
            value: Result = node.value
            return lambda _: value
        if isinstance(node, Negative):
            operand = self.value(node.operand)
            return lambda round_: -number(operand(round_))
        if isinstance(node, Call):
            return compile_call(self, node)
        if isinstance(node, Reference | Path):
            return self._answer(node)
        if node.operator in ("and", "or", "=", "!=", *SIZES):
            return self.condition(node)
        if node.operator == "|":
            return only(self.texts(node))
        return calculates(ARITHMETIC[node.operator], self.value(node.left), self.value(node.right))

    def _answer(self, node: Reference | Path) -> Run:
        """The value of one answer: from the rows where it stands in one of them, else by its path."""
        found = self._target(node)
        if found is not None:
            return from_row(found[1], found[2])
        names = self.place.names_of(node)
        if names is not None and names not in self.place.scope.targets:
            raise Unsupported("/".join(names)[:60] or "/")
        if isinstance(node, Path) and self.place.filters and node.start is None:
            return self._choice_column(node)
        return only(self.texts(node))

    def _target(self, node: Node) -> tuple[Target, str, int] | None:
        """The answer that is meant, the column that holds it, and how many repeats outward its row is."""
        target = self.place.scope.targets.get(self.place.names_of(node) or ())
        level = None if target is None else self.place.levels_up(target.table)
        return None if target is None or target.column is None or level is None else (target, target.column, level)

    def own(self, node: Node) -> tuple[str, ColumnKind | None] | None:
        """The column that holds the answer, and what it holds, where it stands in the same row."""
        found = self._target(node)
        return (found[1], found[0].kind) if found is not None and found[2] == 0 else None

    def _choice_column(self, node: Path) -> Run:
        if len(node.steps) != 1 or node.steps[0].axis != "child" or node.steps[0].predicates:
            raise Unsupported("/".join(step.test for step in node.steps)[:60])
        name = node.steps[0].test
        if name in ("label", "*"):
            raise Unsupported(name)
        return lambda round_: round_.choice.get(name, "")

    def _junction(self, node: Binary) -> Holds:
        """`and` and `or`. An operand that nobody can answer does not matter where another one decides."""
        if (both := self._within(node)) is not None:
            return both
        operands, rest = [], [node]
        word = node.operator
        while rest:
            each: Node = rest.pop()
            if isinstance(each, Binary) and each.operator == word:
                rest += [each.right, each.left]  # type: ignore[list-item]
            else:
                operands.append(self.condition(each))
        deciding = word == "or"
        return (
            junction_of_two(operands[0], operands[1], deciding) if len(operands) == 2 else junction(operands, deciding)
        )

    def _size(self, node: Binary) -> Holds:
        limited = _limited(node)
        if limited is not None:
            own = self.own(limited[0])
            return size_of_column(own[0], limited[1]) if own else size_of(self.value(limited[0]), limited[1])
        compare, left, right = SIZES[node.operator], self.value(node.left), self.value(node.right)
        if self._is_number(node.left) or self._is_number(node.right):
            return compares_numbers(compare, left, right)
        return lambda round_: compared(compare, left(round_), right(round_))

    def _within(self, node: Binary) -> Holds | None:
        """`. >= 1 and . <= 9`, where the answer stands in the row."""
        limits = [_limited(each) for each in (node.left, node.right) if isinstance(each, Binary)]
        if node.operator != "and" or len(limits) < 2 or limits[0] is None or limits[1] is None:
            return None
        own = self.own(limits[0][0])
        if own is None or own != self.own(limits[1][0]):
            return None
        return within(own[0], limits[0][1], limits[1][1])

    def _equality(self, node: Binary) -> Holds:
        wanted = node.operator == "="
        left, right = node.left, node.right
        if isinstance(left, Literal):
            left, right = right, left
        run = self.value(left)
        if isinstance(right, Literal) and isinstance(right.value, str):
            own = self.own(left)
            if own is not None and (own[1] in _TEXTS or not right.value):
                return column_equals_text(own[0], right.value, wanted)
            return equals_text(run, right.value, wanted)
        if isinstance(right, Literal) and isinstance(right.value, float):
            return equals_number(run, right.value, wanted)
        other = self.value(right)
        return lambda round_: equal(run(round_), other(round_)) is wanted

    def _is_number(self, node: Node) -> bool:
        """Whether the value is a number in any case, or empty."""
        if isinstance(node, Binary):
            return node.operator in ARITHMETIC
        if isinstance(node, Literal):
            return isinstance(node.value, float)
        target = self.place.scope.targets.get(self.place.names_of(node) or ())
        return isinstance(node, Negative) or (target is not None and target.kind in _NUMBERS)


def _limited(node: Binary) -> tuple[Node, Limit] | None:
    """What is compared by size with a literal number; None where the comparison is another one."""
    if node.operator not in SIZES:
        return None
    if isinstance(node.right, Literal) and isinstance(node.right.value, float):
        return node.left, (SIZES[node.operator], node.right.value)
    if isinstance(node.left, Literal) and isinstance(node.left.value, float):
        return node.right, (SIZES[TURNED[node.operator]], node.left.value)
    return None
