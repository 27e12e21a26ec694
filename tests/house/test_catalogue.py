"""The catalogue of errors: what the code can raise stands in it, and what stands in it can be raised."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from forms.errors import Code
from server.errors.catalogue import LANGUAGES, catalogue, explain

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\Z")
PLACEHOLDER = re.compile(r"{([a-z_0-9]+)}")
# Dotted texts that are no codes although they begin like one: files and columns.
NO_CODE = re.compile(r".*\.(css|csv|db|html|id|js|json|key|lock|log|part|png|sock|svg|toml|txt|xml|zip)\Z")
ENDPOINTS = frozenset({"tablet.index"})
FORM_CODES = frozenset(str(each) for each in Code)


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in ("forms", "sync", "server"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "tablet/node_modules" not in str(path) and "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of constants that are docstrings or stand alone."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def texts(tree: ast.AST) -> Iterator[str]:
    skipped = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value


def raised_directly(tree: ast.AST) -> Iterator[str]:
    """Codes that stand as the first argument of an error of ours."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name):
            first = node.args[0]
            choices = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
            if node.func.id.endswith("Error"):
                yield from (
                    each.value
                    for each in choices
                    if isinstance(each, ast.Constant) and isinstance(each.value, str) and CODE.match(each.value)
                )


def is_another_name(text: str) -> bool:
    """Whether a dotted text names a file, a module or an endpoint."""
    path = ROOT / text.replace(".", "/")
    return bool(NO_CODE.match(text)) or text in ENDPOINTS or path.is_dir() or path.with_suffix(".py").is_file()


def codes_in_code() -> dict[str, str]:
    """Every code that the Python code names, with a file that does."""
    trees = list(modules())
    spaces = {code.split(".")[0] for code in catalogue() if "." in code}
    spaces |= {code.split(".")[0] for _, tree in trees for code in raised_directly(tree)}
    return {
        text: str(path)
        for path, tree in trees
        for text in texts(tree)
        if CODE.match(text) and text.split(".")[0] in spaces and not is_another_name(text)
    }


def test_every_code_that_is_raised_stands_in_the_catalogue() -> None:
    missing = {code: path for code, path in codes_in_code().items() if code not in catalogue()}
    assert missing == {}


def test_every_code_of_a_form_stands_in_the_catalogue() -> None:
    assert sorted(FORM_CODES - catalogue().keys()) == []


def test_every_entry_of_the_catalogue_can_be_raised() -> None:
    assert sorted(catalogue().keys() - codes_in_code().keys() - FORM_CODES) == []


def test_every_code_of_a_form_is_used() -> None:
    used = {
        node.attr
        for path, tree in modules()
        if path.parts[0] == "forms"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"
    }
    assert sorted({each.name for each in Code} - used) == []


def test_every_text_is_whole_and_both_languages_fill_the_same_parameters() -> None:
    for code, entry in catalogue().items():
        assert 100 <= entry.status < 600, code
        filled = []
        for language in LANGUAGES:
            text = entry.texts[language]
            assert text.reason.strip(), (code, language)
            assert text.remedy.strip(), (code, language)
            filled.append(set(PLACEHOLDER.findall(text.reason + text.remedy)))
        assert all(each == filled[0] for each in filled), code


def test_parameters_that_are_given_literally_fill_all_placeholders() -> None:
    """Where a code and its parameters stand in one call, nothing in braces may be left."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "CodedError"):
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and all(each.arg for each in node.keywords):
                params = {str(each.arg): "x" for each in node.keywords}
                text = explain(first.value, params)
                left = PLACEHOLDER.findall(text.reason + text.remedy)
                assert left == [], f"{path}:{node.lineno} {first.value}"
