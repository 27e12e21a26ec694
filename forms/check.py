"""Everything that is looked at before a form is published.

`examine` looks at all of it, compiles the form once and has ODK Validate load it; `check_form` leaves out Validate and
the notes. What each finding means for publishing, its severity says: see `forms.errors.Severity`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from forms.checks.choices import check_choices, check_codes
from forms.checks.consent import check_consent
from forms.checks.cycles import check_cycles
from forms.checks.life_history import check_life_histories
from forms.checks.missing import check_missing
from forms.checks.names import check_columns, check_names
from forms.checks.references import check_references
from forms.checks.statistics import check_cut_labels, check_variables
from forms.checks.translations import check_labels, check_reviews, check_translations
from forms.definition import Form
from forms.errors import Code, Finding, FormError, Severity
from forms.validator import Validation, odk_validate
from forms.xform import compile_xform

__all__ = [
    "GATE",
    "Examination",
    "Validation",
    "Validator",
    "blocking",
    "check_form",
    "examine",
    "has_errors",
    "odk_validate",
]

Validator = Callable[[str], Validation]
"""What loads an XForm and says what is wrong with it."""

GATE = frozenset({Code.MISSING_TRANSLATION, Code.MISSING_MEDIA, Code.STUDY_LANGUAGE, Code.CONSENT_MISSING})
"""What a form can be published without, by a deliberate override."""

_GRAVITY = {severity: position for position, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Examination:
    """All findings on a form, the gravest first, and its XForm, None where pyxform refuses it."""

    findings: tuple[Finding, ...]
    xform: str | None

    def with_more(self, findings: Iterable[Finding]) -> "Examination":
        """The same with further findings, each where its severity belongs."""
        return Examination(_by_gravity([*self.findings, *findings]), self.xform)


def examine(form: Form, languages: Collection[str] = (), validator: Validator | None = odk_validate) -> Examination:
    """Everything there is to say about a form, notes included, and its XForm.

    `languages` are those of the study, which the form is to have. The validator is asked where there is no error so
    far; None asks none.
    """
    found = list(_own(form, languages))
    xform, refusal = _compile(form)
    if refusal is not None and not _already_told(refusal, found):
        found.append(refusal)
    if xform is not None and validator is not None and not has_errors(found):
        found.extend(validator(xform).findings)
    return Examination(_by_gravity(found), xform)


def check_form(form: Form, languages: Collection[str] = ()) -> list[Finding]:
    """What must be mended or thought over before a form is published: all of `examine` but Validate and notes."""
    findings = examine(form, languages, validator=None).findings
    return [finding for finding in findings if finding.severity is not Severity.NOTE]


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error, which nothing overrides."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def blocking(findings: Iterable[Finding], overridden: Collection[str] = ()) -> list[Finding]:
    """The findings for which the form cannot be published: errors, and those of the gate not overridden by code."""
    return [
        finding
        for finding in findings
        if finding.severity is Severity.ERROR
        or (finding.severity is Severity.GATE and finding.code.value not in overridden)
    ]


def _own(form: Form, languages: Collection[str]) -> Iterator[Finding]:
    told: set[str] = set()
    for check in (check_names, check_columns, check_variables):
        found = [finding for finding in check(form) if finding.pointer not in told]
        told |= {finding.pointer for finding in found}
        yield from found
    yield from check_references(form)
    yield from check_cycles(form)
    yield from check_choices(form)
    yield from check_missing(form)
    yield from check_labels(form)
    yield from check_translations(form, languages)
    yield from check_consent(form)
    yield from check_life_histories(form)
    yield from check_reviews(form)
    yield from check_cut_labels(form)
    yield from check_codes(form)


def _by_gravity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: _GRAVITY[finding.severity]))


def _compile(form: Form) -> tuple[str | None, Finding | None]:
    try:
        return compile_xform(form), None
    except FormError as error:
        return None, error.finding()


def _already_told(refusal: Finding, found: list[Finding]) -> bool:
    """Whether an error of ours stands at the question that pyxform refuses, in better words."""
    return any(
        finding.severity is Severity.ERROR and (finding.pointer + "/").startswith(refusal.pointer + "/")
        for finding in found
    )
