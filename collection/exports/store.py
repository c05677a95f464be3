"""SQL of files that go out: what waits, what went, and what was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from collection.exports.file import ControlTotal, LineAnswer, WrittenFile
from collection.exports.record import ExportTarget, LineState, Record, RecordKind, TargetKind
from core.money import Money
from data.session import Session, copy_rows, rows, run
from data.tables.exports import ExportFile, ExportLine
from data.tables.exports import ExportTarget as TargetRow


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target, and how many of its lines are in which state; a rejected one is not once resent."""

    target: ExportTarget
    sent: int
    acknowledged: int
    rejected: int


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that went out."""

    id: UUID
    target: str
    number: int
    made_at: datetime
    records: int
    totals: tuple[ControlTotal, ...]
    sha256: str
    sent: int
    acknowledged: int
    rejected: int


@dataclass(frozen=True, slots=True)
class LineView:
    """A record in a file, and what was answered."""

    file_id: UUID
    number: int
    line: int
    record: RecordKind
    record_id: UUID
    attempt: int
    amount: Money
    state: LineState
    answered_at: datetime | None
    reference: str | None
    reason: str | None
    resend_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """An answer that changed nothing, and why."""

    number: int
    line: int
    expected: str


_TARGET = "SELECT t.*, b.code AS branch FROM export_target t JOIN branch b ON b.id = t.branch_id"


def _as_target(r: object) -> ExportTarget:
    row: ExportTarget = r  # type: ignore[assignment]
    return ExportTarget(
        row.id, TargetKind(row.kind), row.code, row.branch, row.since, row.next_number,
        row.closed_at,
    )  # fmt: skip


async def target(
    session: Session, target_id: UUID, *, lock: bool = False
) -> tuple[ExportTarget, UUID] | None:
    """A target in scope with its branch's id; `lock` has others that make its files wait."""
    suffix = " FOR UPDATE OF t" if lock else ""
    found = await rows(session, f"{_TARGET} WHERE t.id = :id{suffix}", id=target_id)
    return (_as_target(found[0]), found[0].branch_id) if found else None


async def targets(session: Session) -> Sequence[TargetView]:
    """All targets in scope, open ones first."""
    found = await rows(
        session,
        f"""
        SELECT x.*, coalesce(l.sent, 0) AS sent, coalesce(l.acknowledged, 0) AS acknowledged,
               coalesce(l.rejected, 0) AS rejected
        FROM ({_TARGET}) x LEFT JOIN (
            SELECT target_id, count(*) FILTER (WHERE state = 'sent') AS sent,
                   count(*) FILTER (WHERE state = 'acknowledged') AS acknowledged,
                   count(*) FILTER (WHERE state = 'rejected' AND resend_at IS NULL) AS rejected
            FROM export_line GROUP BY target_id) l ON l.target_id = x.id
        ORDER BY x.closed_at NULLS FIRST, x.code
        """,  # noqa: S608 our own constants
    )
    return [TargetView(_as_target(r), r.sent, r.acknowledged, r.rejected) for r in found]


async def add_target(
    session: Session, target_id: UUID, branch_id: UUID, kind: TargetKind, code: str, since: date,
    staff_id: UUID | None, now: datetime,
) -> bool:  # fmt: skip
    """Add a target; False when its id or code is taken, by whomever."""
    added = await session.execute(
        upsert(TargetRow)
        .values(
            id=target_id, branch_id=branch_id, kind=kind, code=code, since=since, made_at=now,
            made_by=staff_id,
        )
        .on_conflict_do_nothing()
        .returning(TargetRow.id)
    )  # fmt: skip
    return added.scalar_one_or_none() is not None


async def close_target(session: Session, target_id: UUID, now: datetime) -> None:
    """Have no more files made for a target."""
    await run(
        session,
        "UPDATE export_target SET closed_at = coalesce(closed_at, :now) WHERE id = :id",
        id=target_id,
        now=now,
    )


async def add_file(
    session: Session, file_id: UUID, target_id: UUID, branch_id: UUID, number: int,
    file: WrittenFile, records: Sequence[Record], now: datetime,
) -> None:  # fmt: skip
    """Keep a file with its lines, and count its number. The target must be locked."""
    totals = [
        {"currency": t.currency, "records": t.records, "amount_minor": t.amount_minor}
        for t in file.totals
    ]
    await session.execute(
        insert(ExportFile).values(
            id=file_id, branch_id=branch_id, target_id=target_id, number=number, made_at=now,
            records=len(records), totals=totals, sha256=file.sha256, content=file.content,
        )
    )  # fmt: skip
    lines = [
        {
            "file_id": file_id, "line": line, "branch_id": branch_id, "target_id": target_id,
            "record": record.kind, "record_id": record.id, "attempt": record.attempt,
            "amount_minor": record.amount.amount_minor, "currency": record.amount.currency,
        }
        for line, record in enumerate(records, 1)
    ]  # fmt: skip
    await session.execute(insert(ExportLine), lines)
    await run(
        session, "UPDATE export_target SET next_number = :next WHERE id = :id",
        next=number + 1, id=target_id,
    )  # fmt: skip


async def files(session: Session, target_id: UUID | None, limit: int) -> Sequence[FileView]:
    """The last files in scope, the newest first."""
    found = await rows(
        session,
        """
        SELECT f.id, t.code, f.number, f.made_at, f.records, f.totals, f.sha256, l.*
        FROM export_file f JOIN export_target t ON t.id = f.target_id
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE state = 'sent') AS sent,
                   count(*) FILTER (WHERE state = 'acknowledged') AS acknowledged,
                   count(*) FILTER (WHERE state = 'rejected') AS rejected
            FROM export_line WHERE file_id = f.id) l
        WHERE CAST(:target AS uuid) IS NULL OR f.target_id = :target
        ORDER BY f.made_at DESC, f.id DESC LIMIT :limit
        """,
        target=target_id,
        limit=limit,
    )
    return [
        FileView(
            r.id, r.code, r.number, r.made_at, r.records,
            tuple(ControlTotal(**one) for one in r.totals), r.sha256, r.sent, r.acknowledged,
            r.rejected,
        )
        for r in found
    ]  # fmt: skip


async def content(session: Session, file_id: UUID) -> tuple[str, int, bytes] | None:
    """The code of a file's target, its number and its bytes."""
    found = await rows(
        session,
        "SELECT t.code, f.number, f.content FROM export_file f"
        " JOIN export_target t ON t.id = f.target_id WHERE f.id = :id",
        id=file_id,
    )
    return (found[0].code, found[0].number, bytes(found[0].content)) if found else None


async def lines(
    session: Session, target_id: UUID, state: LineState | None,
    *, after: tuple[int, int] | None, limit: int,
) -> Sequence[LineView]:  # fmt: skip
    """Lines of a target's files, in their order, behind the one at `after` (number, line)."""
    number, line = after or (0, 0)
    found = await rows(
        session,
        """
        SELECT l.*, f.number FROM export_line l JOIN export_file f ON f.id = l.file_id
        WHERE l.target_id = :target AND (CAST(:state AS text) IS NULL OR l.state = :state)
          AND (f.number, l.line) > (:number, :line)
        ORDER BY f.number, l.line LIMIT :limit
        """,
        target=target_id,
        state=state,
        number=number,
        line=line,
        limit=limit,
    )
    return [
        LineView(
            r.file_id, r.number, r.line, RecordKind(r.record), r.record_id, r.attempt,
            Money(r.amount_minor, r.currency), LineState(r.state), r.answered_at, r.reference,
            r.reason, r.resend_at,
        )
        for r in found
    ]  # fmt: skip


async def resend(
    session: Session, file_id: UUID, line: int, staff_id: UUID, now: datetime
) -> str | None:
    """Put a rejected line into the next file; its state, None where there is no such line."""
    found = await rows(
        session,
        "UPDATE export_line SET resend_at = CASE WHEN state = 'rejected'"
        " THEN coalesce(resend_at, :now) END, resend_by = CASE WHEN state = 'rejected'"
        " THEN coalesce(resend_by, :staff) END"
        " WHERE file_id = :file AND line = :line RETURNING state",
        file=file_id,
        line=line,
        staff=staff_id,
        now=now,
    )
    return found[0].state if found else None


async def answer(
    session: Session, target_id: UUID, answers: Sequence[LineAnswer], now: datetime
) -> tuple[int, int, Sequence[AnswerProblem]]:
    """Note what was answered: how many lines it changed, how many had that answer already, and the
    answers that fit no line."""
    columns = {"number": "int", "line": "int", "state": "text", "reference": "text",
               "reason": "text"}  # fmt: skip
    told = [(a.number, a.line, a.state.value, a.reference, a.reason) for a in answers]
    await copy_rows(session, "answered", columns, told)
    changed = await rows(
        session,
        """
        UPDATE export_line l
        SET state = a.state, reference = a.reference, reason = a.reason, answered_at = :now
        FROM answered a JOIN export_file f ON f.target_id = :target AND f.number = a.number
        WHERE l.file_id = f.id AND l.line = a.line AND l.state = 'sent' RETURNING f.number, l.line
        """,
        target=target_id,
        now=now,
    )
    others = await rows(
        session,
        """
        SELECT a.number, a.line, l.state, l.state = a.state
               AND (l.reference, l.reason) IS NOT DISTINCT FROM (a.reference, a.reason) AS same
        FROM answered a LEFT JOIN export_file f ON f.target_id = :target AND f.number = a.number
        LEFT JOIN export_line l ON l.file_id = f.id AND l.line = a.line
        ORDER BY 1, 2
        """,
        target=target_id,
    )
    problems = [
        AnswerProblem(r.number, r.line, f"a line that was sent; it is {r.state}" if r.state
                      else "a line of a file that was made")
        for r in others if not r.same
    ]  # fmt: skip
    return len(changed), len(others) - len(problems) - len(changed), problems
