"""The page of the checks names each of them, with the severity that it has, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from forms.check import GATE
from forms.errors import Code

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "deploy" / "docs" / "form-checks.md"
NAMED = re.compile(r"`(form\.[a-z_]+)`")
ROW = re.compile(r"^\| (`form\.[^|]*) \| (error|warning|note) \|", re.MULTILINE)


def raised() -> dict[str, set[str]]:
    """The codes that the checks find, with the severities that stand beside them in the code."""
    found: dict[str, set[str]] = {}
    files = [ROOT / "forms" / name for name in ("check.py", "files.py", "validator.py", "xform.py")]
    for path in (*files, *sorted((ROOT / "forms" / "checks").glob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for code in codes_in(node):
                found.setdefault(code, set())
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding" and node.args:
                named = [each for each in ast.walk(node) if isinstance(each, ast.Attribute)]
                severity = next((each.attr for each in named if getattr(each.value, "id", "") == "Severity"), "ERROR")
                for code in codes_in(node.args[0]):
                    found.setdefault(code, set()).add(severity.lower())
    return found


def codes_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code":
        return [Code[node.attr].value]
    return []


def test_every_check_stands_in_the_page_and_no_other() -> None:
    assert set(NAMED.findall(PAGE.read_text("utf-8"))) == raised().keys()


def test_the_page_tells_the_severity_that_the_code_gives() -> None:
    written = {
        code: severity for codes, severity in ROW.findall(PAGE.read_text("utf-8")) for code in NAMED.findall(codes)
    }
    given = {code: severities for code, severities in raised().items() if len(severities) == 1}
    gate = {code.value for code in GATE}
    for code, severities in given.items():
        expected = "gate" if code in gate else written[code]
        assert severities == {expected}, code
    assert len(given) > 30


def test_the_gate_is_told_apart() -> None:
    section = PAGE.read_text("utf-8").partition("## At the gate")[2].partition("## ")[0]
    assert set(NAMED.findall(section)) == {code.value for code in GATE}
