"""The syntax of expressions: XPath 1.0 and `${name}`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from forms.evaluate.tree import Binary, Call, Literal, Negative, Node, Path, Reference, Step
from forms.names import NAME

MAX_NESTING = 80
"""Brackets within brackets; nobody writes that many."""
MAX_CHAIN = 200
"""Operators of one kind in a row, but for `and` and `or`, of which there may be any number."""


class ExpressionError(Exception):
    """The text is no expression."""


_TOKEN = re.compile(
    r"\s*(?:(?P<reference>\$\{\s*(?P<saved>last-saved\#)?(?P<referred>[^{}]*?)\s*\})"
    r"|(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')"
    rf"|(?P<name>{NAME.pattern}(?::(?!:)(?:{NAME.pattern}|\*))?)"
    r"|(?P<sign>//|::|\.\.|!=|<=|>=|[()\[\]@,./|+\-=<>*])"
    r"|(?P<end>\Z))"
)
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
_LEVEL = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_WORDS = frozenset({"or", "and", "div", "mod"})
_BEFORE_OPERAND = frozenset({"(", "[", ",", "@", "::", "/", "//"}) | frozenset("|+-*=<>") | {"!=", "<=", ">="} | _WORDS
_NODE_TYPES = frozenset({"node", "text"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    saved: bool = False


def parse(expression: str) -> Node:
    """The expression as a tree. Raises `ExpressionError`."""
    parser = _Parser(tuple(_tokens(expression)))
    node = parser.expression()
    parser.expect("end", "")
    return node


def _tokens(expression: str) -> Iterator[_Token]:
    position, before = 0, ""
    while True:
        found = _TOKEN.match(expression, position)
        if found is None or found.lastgroup is None:
            raise ExpressionError(expression[position : position + 20])
        position = found.end()
        if found["end"] is not None:
            yield _Token("end", "")
            return
        if found["reference"] is not None:
            token = _Token("reference", found["referred"], found["saved"] is not None)
        elif found["name"] in _WORDS or found["sign"] == "*":
            # XPath 1.0, 3.7: after an operand these are operators, elsewhere a name or any name.
            text = found["name"] or "*"
            operand = before == "" or before in _BEFORE_OPERAND
            token = _Token("name" if operand else "operator", text)
        else:
            kind = next(kind for kind in ("number", "text", "name", "sign") if found[kind] is not None)
            token = _Token(kind, found[kind])
        before = token.text if token.kind in ("sign", "operator") else "an operand"
        yield token


class _Parser:
    def __init__(self, tokens: tuple[_Token, ...]) -> None:
        self.tokens, self.position, self.nesting = tokens, 0, 0

    def expression(self) -> Node:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise ExpressionError("(")
        node = self._binary(0)
        self.nesting -= 1
        return node

    def expect(self, kind: str, text: str) -> None:
        if not self._take(kind, text):
            raise ExpressionError(self._now.text)

    @property
    def _now(self) -> _Token:
        return self.tokens[self.position]

    def _take(self, kind: str, *texts: str) -> str | None:
        token = self._now
        if token.kind != kind or token.text not in texts:
            return None
        self.position += kind != "end"
        return token.text or "end"

    def _next(self, kind: str) -> str:
        token = self._now
        if token.kind != kind:
            raise ExpressionError(token.text)
        self.position += 1
        return token.text

    def _binary(self, lowest: int) -> Node:
        node, length = self._unary(), 0
        while True:
            token = self._now
            level = _LEVEL.get(token.text, -1) if token.kind in ("sign", "operator") else -1
            if level < lowest:
                return node
            if length > MAX_CHAIN and token.text not in ("and", "or"):
                raise ExpressionError(token.text)
            self.position, length = self.position + 1, length + 1
            node = Binary(token.text, node, self._binary(level + 1))

    def _unary(self) -> Node:
        minus = 0
        while self._take("sign", "-"):
            minus += 1
        node = self._path()
        while self._take("sign", "|"):
            node = Binary("|", node, self._path())
        # Two minus signs make a number of a text as well, so neither is left out.
        for _ in range(min(minus, 2 + minus % 2)):
            node = Negative(node)
        return node

    def _path(self) -> Node:
        if self._take("sign", "/"):
            return Path("/", self._steps() if self._begins_step() else ())
        if self._take("sign", "//"):
            return Path("/", (Step("descendant-or-self", "node()"), *self._steps()))
        if self._begins_step() and not self._begins_call():
            return Path(None, self._steps())
        start = self._primary()
        predicates = self._predicates()
        if predicates:
            start = Path(start, (Step("self", "node()", predicates),))
        if not (self._now.kind == "sign" and self._now.text in ("/", "//")):
            return start
        before = start if predicates and isinstance(start, Path) else Path(start, ())
        return Path(before.start, (*before.steps, *self._more_steps()))

    def _begins_step(self) -> bool:
        token = self._now
        return token.kind == "name" or (token.kind == "sign" and token.text in (".", "..", "@"))

    def _begins_call(self) -> bool:
        after = self.tokens[self.position + 1] if self._now.kind == "name" else None
        return after is not None and after == _Token("sign", "(") and self._now.text not in _NODE_TYPES

    def _steps(self) -> tuple[Step, ...]:
        return (self._step(), *self._more_steps())

    def _more_steps(self) -> Iterator[Step]:
        while sign := self._take("sign", "/", "//"):
            if sign == "//":
                yield Step("descendant-or-self", "node()")
            yield self._step()

    def _step(self) -> Step:
        if self._take("sign", "."):
            return Step("self", "node()", self._predicates())
        if self._take("sign", ".."):
            return Step("parent", "node()", self._predicates())
        axis = "attribute" if self._take("sign", "@") else "child"
        name = self._next("name")
        if axis == "child" and self._take("sign", "::"):
            axis, name = name, self._next("name")
        if name in _NODE_TYPES and self._take("sign", "("):
            self.expect("sign", ")")
            name = f"{name}()"
        return Step(axis, name, self._predicates())

    def _predicates(self) -> tuple[Node, ...]:
        found = []
        while self._take("sign", "["):
            found.append(self.expression())
            self.expect("sign", "]")
        return tuple(found)

    def _primary(self) -> Node:
        token = self._now
        if self._take("sign", "("):
            node = self.expression()
            self.expect("sign", ")")
            return node
        self.position += token.kind != "end"
        if token.kind == "reference":
            return Reference(token.text, token.saved)
        if token.kind == "number":
            return Literal(float(token.text))
        if token.kind == "text":
            return Literal(token.text[1:-1])
        if token.kind == "name" and self._take("sign", "("):
            return Call(token.text, self._arguments())
        raise ExpressionError(token.text)

    def _arguments(self) -> tuple[Node, ...]:
        if self._take("sign", ")"):
            return ()
        found = [self.expression()]
        while self._take("sign", ","):
            found.append(self.expression())
        self.expect("sign", ")")
        return tuple(found)
