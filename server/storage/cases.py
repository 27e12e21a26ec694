"""The tables of cases: who is to be met again, and which list of them each interviewer was given. Central only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.base import Base, UtcDateTime


class StudyCase(Base):
    """A person, household or organisation that is met again, by a pseudonym. ``status``: open, closed."""

    __tablename__ = "study_case"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    label: Mapped[str] = mapped_column(String(80))
    site: Mapped[str] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(8))
    interviewer: Mapped[str | None] = mapped_column(String(128))
    """Pseudonym of whom it is assigned to; null: to all of its site."""
    forms: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the forms that are due."""
    due: Mapped[str | None] = mapped_column(String(10))
    """The day by which they are, ``YYYY-MM-DD``."""
    note: Mapped[str | None] = mapped_column(String(500))
    properties: Mapped[dict[str, str]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(100))

    __table_args__ = (Index("ix_study_case_site", "site", "interviewer"),)


class CaseList(Base):
    """The newest list that was sealed for an interviewer on a device."""

    __tablename__ = "case_list"
    device: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    interviewer: Mapped[str] = mapped_column(String(128), primary_key=True)
    encryption_key: Mapped[bytes] = mapped_column(LargeBinary)
    """To which it was sealed."""
    document_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the list in clear: whether there is anything new to say."""
    content: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the sealed list, the name of its content."""
