"""What an export says of itself: what is in it, what was left out, what is missing or could not be opened."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forms.answers import Leftover
from forms.errors import Finding

MOST_FINDINGS = 10_000


@dataclass(slots=True)
class Report:
    """Filled while an export is made; whole when it ended. Lists hold JSON objects."""

    form: str
    study: str
    at: str
    training: bool
    versions: list[str] = field(default_factory=list)
    records: int = 0
    attachments: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    """What is at central and not in the export: by state, ``training``, ``partial``, ``refused``, ``unfinished``,
    ``replaced``."""
    corrections: list[dict[str, str]] = field(default_factory=list)
    """Records whose correction ``by`` did not end as complete: ``refused`` removed them; ``partial`` and ``unreadable``
    did not."""
    without_record: int = 0
    """Instances of which attachments are here and the record is not."""
    missing: list[dict[str, str]] = field(default_factory=list)
    """Attachments of exported records that have not arrived, or are not those of the manifest."""
    unreadable: list[dict[str, str]] = field(default_factory=list)
    """Records that are held and could not be opened or read."""
    unlisted: list[dict[str, str]] = field(default_factory=list)
    """Parts that are held and that no manifest names."""
    renamed: list[dict[str, str]] = field(default_factory=list)
    """Attachments whose file has another name here than in the tables."""
    findings: list[dict[str, Any]] = field(default_factory=list)
    findings_left_out: int = 0
    leftovers: list[dict[str, str]] = field(default_factory=list)
    """Texts in an instance for which the form has no column."""
    changes: list[dict[str, Any]] = field(default_factory=list)
    """What versions of the form ask in such different ways that the answers stand apart."""
    unchecked: list[dict[str, Any]] = field(default_factory=list)
    """Conditions of the form that answers alone do not decide, by version."""

    def tell(self, instance: str, findings: Sequence[Finding], leftovers: Sequence[Leftover]) -> None:
        """Take in what the reading of one instance found."""
        for each in findings:
            if len(self.findings) >= MOST_FINDINGS:
                self.findings_left_out += 1
                continue
            self.findings.append({"instance": instance, **_told(each), "severity": str(each.severity.value)})
        self.leftovers.extend({"instance": instance, "path": each.path, "text": each.text} for each in leftovers)

    def tell_versions(self, changes: Sequence[Finding], unchecked: Mapping[str, Sequence[Finding]]) -> None:
        """Take in what is to be said of the versions themselves."""
        self.changes = [_told(each) for each in changes]
        self.unchecked = [{"version": version, **_told(each)} for version in unchecked for each in unchecked[version]]

    @property
    def whole(self) -> bool:
        """Whether nothing that should be here is missing."""
        return not (self.missing or self.unreadable or self.without_record)

    def to_json(self) -> bytes:
        """The report as a file."""
        document = {
            "v": 1,
            "study": self.study,
            "form": self.form,
            "at": self.at,
            "training": self.training,
            "versions": self.versions,
            "counts": {
                "records": self.records,
                "attachments": self.attachments,
                "left_out": self.left_out,
                "instances_without_record": self.without_record,
                "findings": dict(Counter(each["code"] for each in self.findings)),
            },
            "corrections": self.corrections,
            "missing": self.missing,
            "unreadable": self.unreadable,
            "unlisted": self.unlisted,
            "renamed": self.renamed,
            "findings": self.findings,
            "findings_left_out": self.findings_left_out,
            "leftovers": self.leftovers,
            "changes": self.changes,
            "unchecked": self.unchecked,
        }
        return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n"


def _told(finding: Finding) -> dict[str, Any]:
    params = {"params": dict(finding.params)} if finding.params else {}
    return {"code": finding.code.value, "path": finding.pointer, **params}
