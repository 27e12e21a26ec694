"""Everything that is looked at before a form is published; an error blocks publishing, a warning does not."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyxform.validators import odk_validate as pyxform_validate

from forms.checks.choices import check_choices
from forms.checks.names import check_columns, check_names
from forms.checks.references import check_cycles, check_references
from forms.checks.translations import check_translations
from forms.definition import Form
from forms.errors import Code, Finding, FormError, Severity
from forms.xform import compile_xform

_MAX_MESSAGE = 2_000


@dataclass(frozen=True, slots=True)
class Validation:
    """What ODK Validate said. Where it did not run, `skipped` says why and there are no findings."""

    findings: tuple[Finding, ...] = ()
    skipped: str | None = None


def check_form(form: Form) -> list[Finding]:
    """Every finding on a form: names, references, cycles, choices, translations, and what pyxform refuses.

    ODK Validate is not among them, because it starts Java: see `odk_validate`.
    """
    found = list(_own(form))
    refusal = _pyxform(form)
    if refusal is not None and not _already_told(refusal, found):
        found.append(refusal)
    return found


def has_errors(findings: list[Finding]) -> bool:
    """Whether any finding is an error, so that the form cannot be published."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def odk_validate(xml: str) -> Validation:
    """What ODK Validate, which pyxform brings along, says of an XForm; skipped where there is no Java."""
    try:
        pyxform_validate.check_java_available()
    except OSError:
        return Validation(skipped="java_not_found")
    if not pyxform_validate.install_exists():
        return Validation(skipped="validator_not_found")
    with tempfile.TemporaryDirectory(prefix="feldbuch-form-") as folder:
        path = Path(folder) / "form.xml"
        path.write_text(xml, encoding="utf-8")
        try:
            remarks = pyxform_validate.check_xform(str(path))
        except pyxform_validate.ODKValidateError as error:
            return Validation((_validate_finding(str(error), Severity.ERROR),))
    return Validation(tuple(_validate_finding(remark, Severity.WARNING) for remark in remarks))


def _validate_finding(message: str, severity: Severity) -> Finding:
    return Finding(Code.VALIDATE_REFUSED, "", {"message": message.strip()[:_MAX_MESSAGE]}, severity)


def _own(form: Form) -> Iterator[Finding]:
    names = tuple(check_names(form))
    yield from names
    told = {finding.pointer for finding in names}
    yield from (finding for finding in check_columns(form) if finding.pointer not in told)
    yield from check_references(form)
    yield from check_cycles(form)
    yield from check_choices(form)
    yield from check_translations(form)


def _pyxform(form: Form) -> Finding | None:
    try:
        compile_xform(form)
    except FormError as error:
        return error.finding()
    return None


def _already_told(refusal: Finding, found: list[Finding]) -> bool:
    """Whether an error of ours stands at the question that pyxform refuses, in better words."""
    if not has_errors(found):
        return False
    return any(
        finding.severity is Severity.ERROR and (finding.pointer + "/").startswith(refusal.pointer + "/")
        for finding in found
    )
