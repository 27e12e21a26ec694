"""An expression as a tree of frozen values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, or a number as a float."""

    value: str | float


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`."""

    name: str
    last_saved: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands with an operator: or and = != < <= > >= + - * div mod |."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Negative:
    """A minus before an operand."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a path. `test` is a name, `*`, `node()` or `text()`."""

    axis: str
    test: str
    predicates: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the root (`/`), from the context node (None), or from what another expression gives."""

    start: "str | Node | None"
    steps: tuple[Step, ...]


Node = Literal | Reference | Call | Binary | Negative | Path

HERE = Path(None, (Step("self", "node()"),))
