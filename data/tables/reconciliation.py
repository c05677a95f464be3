"""Bank statements, their lines, and what those prove."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json, MinorUnits, Texts

TIERS = ("T1", "T2", "T3", "T4", "T5", "T6", "reversal")
NOT_TAKEN_BACK = text("taken_back_at IS NULL")


class BankAccount(Base):
    """An account of the lender's at a bank; what its statements show is proven.

    It serves its branch and those below it. `csv_profile` tells how the bank writes CSV.
    """

    __tablename__ = "bank_account"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    number: Mapped[str]
    name: Mapped[str]
    currency: Mapped[str]
    csv_profile: Mapped[Json | None]
    added_at: Mapped[datetime]
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("number", "currency"),
        CheckConstraint("number ~ '^[A-Z0-9]+$'", name="number"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
    )


class StatementFile(Base):
    """A file as it came in, kept as proof, and what became of it."""

    __tablename__ = "statement_file"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    bank_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_account.id"))
    name: Mapped[str]
    content: Mapped[bytes]
    content_hash: Mapped[bytes]
    told_opening_minor: Mapped[int | None] = mapped_column(BigInteger)
    told_closing_minor: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str]
    report: Mapped[Json | None]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    finished_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    taken_back_because: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'matching', 'done', 'refused', 'taken_back')", name="state"
        ),
        CheckConstraint(
            "(state IN ('done', 'refused', 'taken_back')) = (finished_at IS NOT NULL)",
            name="finished",
        ),
        CheckConstraint(
            "(state = 'taken_back') = (taken_back_at IS NOT NULL)"
            " AND (taken_back_at IS NULL) = (taken_back_by IS NULL)"
            " AND (taken_back_at IS NULL) = (taken_back_because IS NULL)",
            name="taken_back",
        ),
        # The same bytes once, unless they were refused: then what was missing may be there by now.
        # What was taken back may come again.
        Index(
            "uq_statement_file_taken",
            "branch_id",
            "content_hash",
            unique=True,
            postgresql_where=text("state NOT IN ('refused', 'taken_back')"),
        ),
    )


class Statement(Base):
    """The lines of an account from one balance to another; the CHECK proves that none is missing.

    `follows_id` is the statement whose last day this one goes on with.
    """

    __tablename__ = "statement"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    bank_account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("statement_file.id"))
    part: Mapped[int] = mapped_column(Integer)
    format: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date]
    opening_minor: Mapped[MinorUnits]
    total_minor: Mapped[MinorUnits]
    closing_minor: Mapped[MinorUnits]
    opening_told: Mapped[bool]
    lines_read: Mapped[int] = mapped_column(Integer)
    lines_added: Mapped[int] = mapped_column(Integer)
    taken_in_at: Mapped[datetime]
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("statement.id"))
    taken_back_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("file_id", "part"),
        CheckConstraint("opening_minor + total_minor = closing_minor", name="complete"),
        CheckConstraint("from_on <= to_on", name="period"),
        CheckConstraint("lines_added BETWEEN 0 AND lines_read", name="lines"),
        Index("ix_statement_bank_account_id_to_on", "bank_account_id", "to_on"),
    )


class StatementLine(Base):
    """A booking. Of equal ones on a day, `ordinal` tells which it is, by the bank's own order.

    So two equal deposits are two rows, and the same line in another file is none. One that was
    taken back is in no match and has no mark that stands, as a trigger sees to.
    """

    __tablename__ = "statement_line"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    bank_account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    booked_on: Mapped[date]
    valued_on: Mapped[date]
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    bank_references: Mapped[Texts] = mapped_column(server_default=text("'{}'"))
    text: Mapped[str]
    bank_id: Mapped[str | None]
    code: Mapped[str | None]
    is_reversal: Mapped[bool]
    fingerprint: Mapped[bytes]
    ordinal: Mapped[int] = mapped_column(Integer)
    taken_back_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_statement_line_standing", "bank_account_id", "booked_on", "fingerprint", "ordinal",
            unique=True, postgresql_where=NOT_TAKEN_BACK,
        ),
        UniqueConstraint("id", "amount_minor"),
        CheckConstraint("ordinal > 0", name="ordinal"),
        Index("ix_statement_line_bank_account_id_booked_on", "bank_account_id", "booked_on"),
    )  # fmt: skip


class LineMark(Base):
    """What a person says of a line that proves no deposit; it ends with a reason too."""

    __tablename__ = "line_mark"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    line_id: Mapped[UUID] = mapped_column(ForeignKey("statement_line.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_because: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("kind IN ('charge', 'other', 'disputed')", name="kind"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)"
            " AND (ended_at IS NULL) = (ended_because IS NULL)",
            name="ended",
        ),
        Index(
            "uq_line_mark_standing", "line_id", unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip


class Match(Base):
    """Lines and claims (deposits, receipts, remittances) that belong together, or may.

    A proposal may be thrown away; what was matched once is only ever undone, with a reason. The
    database adds up: lines and `short_minor` (a charge) make the claims, a reversal's lines make
    nothing. `rank` orders the proposals of a line that several claims fit.
    """

    __tablename__ = "match"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    bank_account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    tier: Mapped[str]
    score: Mapped[float]
    reasons: Mapped[Texts] = mapped_column(server_default=text("'{}'"))
    state: Mapped[str]
    rank: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    is_automatic: Mapped[bool]
    line_count: Mapped[int] = mapped_column(Integer)
    claim_count: Mapped[int] = mapped_column(Integer)
    short_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    currency: Mapped[str]
    made_at: Mapped[datetime]
    matched_at: Mapped[datetime | None]
    matched_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    undone_because: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(f"tier IN {TIERS}", name="tier"),
        CheckConstraint("state IN ('proposed', 'matched', 'undone')", name="state"),
        CheckConstraint("(state = 'proposed') = (matched_at IS NULL)", name="matched"),
        CheckConstraint(
            "(matched_by IS NOT NULL) = (matched_at IS NOT NULL AND NOT is_automatic)",
            name="matched_by",
        ),
        CheckConstraint(
            "(state = 'undone') = (undone_at IS NOT NULL)"
            " AND (undone_at IS NULL) = (undone_because IS NULL)",
            name="undone",
        ),
        CheckConstraint("NOT is_automatic OR tier IN ('T1', 'T2', 'reversal')", name="automatic"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        CheckConstraint("short_minor >= 0", name="short"),
        Index("ix_match_bank_account_id_state", "bank_account_id", "state"),
    )


class MatchLine(Base):
    """A line of a match, whole; it is in one live match at most."""

    __tablename__ = "match_line"
    match_id: Mapped[UUID] = mapped_column(
        ForeignKey("match.id", ondelete="CASCADE"), primary_key=True
    )
    line_id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    amount_minor: Mapped[MinorUnits]
    is_live: Mapped[bool]
    __table_args__ = (
        ForeignKeyConstraint(
            ["line_id", "amount_minor"], ["statement_line.id", "statement_line.amount_minor"]
        ),
        Index("ix_match_line_line_id", "line_id"),
        Index("uq_match_line_live", "line_id", unique=True, postgresql_where=text("is_live")),
    )


class MatchClaim(Base):
    """A deposit, receipt or remittance of a match, whole; it is in one live match at most.

    `claim_id` is the one that it is.
    """

    __tablename__ = "match_claim"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    match_id: Mapped[UUID] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"), index=True)
    branch_id: Mapped[BranchId]
    claim_id: Mapped[UUID] = mapped_column(index=True)
    deposit_id: Mapped[UUID | None] = mapped_column(ForeignKey("deposit.id"))
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("receipt.id"))
    remittance_id: Mapped[UUID | None] = mapped_column(ForeignKey("remittance.id"))
    amount_minor: Mapped[MinorUnits]
    is_live: Mapped[bool]
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(deposit_id, receipt_id, remittance_id) = 1"
            " AND claim_id = coalesce(deposit_id, receipt_id, remittance_id)", name="one",
        ),
        Index("uq_match_claim_live", "claim_id", unique=True, postgresql_where=text("is_live")),
    )  # fmt: skip
