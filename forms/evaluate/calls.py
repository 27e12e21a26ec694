"""Calls of functions, as functions of a round."""

from typing import Protocol

from forms.evaluate.functions import FUNCTIONS, LIST_FUNCTIONS, ONLY_NODES
from forms.evaluate.nodes import NodeWriter, Run, Texts, Unsupported
from forms.evaluate.operators import Holds, chosen, count_chosen, first_given, only, outward
from forms.evaluate.scope import Place
from forms.evaluate.tree import Call, Literal, Node, Path, Reference
from forms.evaluate.values import number, text
from forms.tables import ColumnKind


class Compiler(Protocol):
    """What makes functions of the arguments."""

    place: Place

    def condition(self, node: Node) -> Holds:
        """The truth of an expression."""

    def value(self, node: Node) -> Run:
        """The value of an expression."""

    def texts(self, node: Node) -> Texts:
        """The values of a set of nodes. Raises `Unsupported`."""

    def own(self, node: Node) -> tuple[str, ColumnKind | None] | None:
        """The column that holds the answer, and what it holds, where it stands in the same row."""


def compile_call(compiler: Compiler, node: Call) -> Run:
    """The value of a call. Raises `Unsupported` where the function is not known, or its value is never the same."""
    name, arguments = node.name, node.arguments
    if name == "if" and len(arguments) == 3:
        asked, then, otherwise = (
            compiler.condition(arguments[0]),
            compiler.value(arguments[1]),
            compiler.value(arguments[2]),
        )
        return lambda round_: then(round_) if asked(round_) else otherwise(round_)
    if name == "coalesce" and arguments:
        runs = [compiler.value(each) for each in arguments]
        return lambda round_: first_given(runs, round_)
    if name == "position" and len(arguments) == 1:
        return _position(compiler, arguments[0])
    if name == "indexed-repeat" and len(arguments) in (3, 5, 7):
        return _indexed(compiler, arguments)
    if name == "join" and len(arguments) > 1:
        between, joined = compiler.value(arguments[0]), _list(compiler, arguments[1:])
        return lambda round_: text(between(round_)).join(text(each) for each in joined(round_))
    if name in LIST_FUNCTIONS and arguments:
        return _of_list(compiler, name, arguments)
    if name == "count-selected" and len(arguments) == 1:
        return count_chosen(compiler.value(arguments[0]))
    if name in ("selected", "is-selected") and len(arguments) == 2:
        own, word = compiler.own(arguments[0]), arguments[1]
        if own and isinstance(word, Literal) and isinstance(word.value, str):
            return chosen(own[0], word.value)
    function = FUNCTIONS.get(name)
    if function is None or not function.accepts(len(arguments)):
        raise Unsupported(f"{name}()")
    made = [(compiler.value(each), function.converter(at)) for at, each in enumerate(arguments)]
    work = function.run
    return lambda round_: work(*[convert(run(round_)) for run, convert in made])


def _of_list(compiler: Compiler, name: str, arguments: tuple[Node, ...]) -> Run:
    if name in ONLY_NODES and len(arguments) > 1:
        raise Unsupported(f"{name}()")
    work = LIST_FUNCTIONS[name]
    given = compiler.texts(arguments[0]) if name in ONLY_NODES else _list(compiler, arguments)
    return lambda round_: work(given(round_))


def _list(compiler: Compiler, arguments: tuple[Node, ...]) -> Texts:
    """The values of the nodes of a single path, or of all arguments."""
    if len(arguments) == 1 and isinstance(arguments[0], Reference | Path):
        return compiler.texts(arguments[0])
    runs = [compiler.value(each) for each in arguments]
    return lambda round_: [run(round_) for run in runs]


def _position(compiler: Compiler, node: Node) -> Run:
    names = compiler.place.names_of(node)
    level = None if names is None or names not in compiler.place.scope.repeats else compiler.place.levels_up(names)
    if level is None:
        raise Unsupported("position()")
    return lambda round_: float(outward(round_, level).number)


def _indexed(compiler: Compiler, arguments: tuple[Node, ...]) -> Run:
    """`indexed-repeat(answer, repeat, number, ...)`: the answer in the round of that number of each repeat."""
    target = compiler.place.names_of(arguments[0])
    repeats = [compiler.place.names_of(each) for each in arguments[1::2]]
    if target is None or target not in compiler.place.scope.targets:
        raise Unsupported("indexed-repeat()")
    writer = NodeWriter(compiler.place, compiler.value)
    outermost = min((each for each in repeats if each is not None), key=len, default=None)
    if outermost is None or None in repeats or any(target[: len(each or ())] != each for each in repeats):
        raise Unsupported("indexed-repeat()")
    written = writer.anchored(outermost)
    for at in range(len(outermost), len(target) + 1):
        written += f"/{target[at - 1]}" if at > len(outermost) else ""
        if target[:at] in repeats:
            index = compiler.value(arguments[2 + 2 * repeats.index(target[:at])])
            writer.variables[f"n{at}"] = _place_of(index)
            written += f"[$n{at}]"
    return only(writer.found(written))


def _place_of(index: Run) -> Run:
    # JavaRosa takes the first round for any number that is too small.
    return lambda round_: max(1.0, float(int(number(index(round_)) or 0)))
