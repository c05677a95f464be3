"""Sealed records of visits and of what agents reported, and the files that they took in."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Json
from data.sealed import NOT_TOLD, Sealed, is_sealed

KINDS = ("visit", "withdrawn", "check-in", "check-out", "attachment")
FILE_KINDS = ("photo", "signature", "document", "group_image", "car_form")


class Evidence(Base):
    """A sealed record in an agent's chain; append-only, without gaps, each behind the one before.

    `hash` is of `previous` and `content_hash`, which is of `content`, canonical JSON. `visit_id` is
    the version that the record is about, `replaces_id` the one that it takes the place of.
    """

    __tablename__ = "evidence"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    follows_seq: Mapped[int | None] = mapped_column(
        BigInteger, Computed("CASE WHEN seq > 1 THEN seq - 1 END", persisted=True)
    )
    branch_id: Mapped[BranchId]
    kind: Mapped[str]
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"))
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"))
    fact_id: Mapped[UUID | None] = mapped_column(unique=True)
    happened_at: Mapped[datetime]
    sealed_at: Mapped[datetime]
    previous: Mapped[bytes] = mapped_column(unique=True)
    content: Mapped[bytes]
    content_hash: Mapped[bytes]
    hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("(visit_id IS NULL) = (fact_id IS NOT NULL)", name="subject"),
        CheckConstraint(
            r"content_hash = sha256('roundsman-evidence/1 content\000'::bytea || content)",
            name="content_hash",
        ),
        CheckConstraint(
            r"hash = sha256('roundsman-evidence/1 link\000'::bytea || previous || content_hash)",
            name="hash",
        ),
        CheckConstraint(
            "seq > 1 OR seq = 1 AND previous ="
            r" sha256('roundsman-evidence/1 origin\000'::bytea || uuid_send(agent_id))",
            name="origin",
        ),
        UniqueConstraint("agent_id", "seq", "hash"),
        UniqueConstraint("visit_id", "kind"),
        ForeignKeyConstraint(
            ["agent_id", "follows_seq", "previous"],
            ["evidence.agent_id", "evidence.seq", "evidence.hash"],
            name="fk_evidence_previous",
        ),
        Index("ix_evidence_agent_id_happened_at", "agent_id", "happened_at"),
        Index(
            "ix_evidence_replaces_id",
            "replaces_id",
            postgresql_where=text("replaces_id IS NOT NULL"),
        ),
    )


class Attachment(Base):
    """A photo, a signature or a document that an agent took at a case; the file is on disk.

    A `car_form` is a signed Customer Authorization Form, with its number and date.

    `stored_sha256` is of what is kept; `original_sha256` of what the phone sent, before `exif` was
    taken out of it (`taken_at`, `lat`, `lon`, … as far as the file told). The file is sealed with
    `file_key`, which also names it; those from before have none, and lie in the clear.
    """

    __tablename__ = "attachment"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    check_in_id: Mapped[UUID | None] = mapped_column(ForeignKey("check_in.id"), index=True)
    kind: Mapped[str]
    form_number: Mapped[str | None]
    form_date: Mapped[date | None]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(Integer)
    original_sha256: Mapped[bytes] = mapped_column(index=True)
    stored_sha256: Mapped[bytes]
    file_key: Mapped[str | None] = mapped_column(Sealed, info=NOT_TOLD)
    exif: Mapped[Json]
    device_time: Mapped[datetime]
    server_time: Mapped[datetime]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint(f"kind IN {FILE_KINDS}", name="kind"),
        CheckConstraint("size_bytes > 0", name="size"),
        CheckConstraint(
            "(kind = 'car_form') = (num_nonnulls(form_number, form_date) = 2)"
            " AND num_nonnulls(form_number, form_date) IN (0, 2)",
            name="form",
        ),
        is_sealed("file_key"),
        Index("ix_attachment_agent_id_device_time", "agent_id", "device_time"),
    )


class FileScan(Base):
    """That an attachment or a slip (`file_id`) is looked through for malware. Before it was
    (`scanned_at`), and where something was `found`, nobody opens it."""

    __tablename__ = "file_scan"
    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"))
    asked_at: Mapped[datetime]
    scanned_at: Mapped[datetime | None]
    found: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("found IS NULL OR scanned_at IS NOT NULL", name="found"),
        Index("ix_file_scan_waiting", "asked_at", postgresql_where=text("scanned_at IS NULL")),
    )


class Upload(Base):
    """A file that comes in parts, until the fact that it belongs to is sent, or it expires.

    Whoever begins it says its length and its SHA-256. Its parts lie on disk, sealed with
    `file_key`, and tell themselves how far it has come.
    """

    __tablename__ = "upload"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    size_bytes: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[bytes]
    file_key: Mapped[str] = mapped_column(Sealed, info=NOT_TOLD)
    began_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (
        CheckConstraint("size_bytes BETWEEN 1 AND 10000000", name="size"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("expires_at > began_at", name="expires"),
        is_sealed("file_key"),
    )
