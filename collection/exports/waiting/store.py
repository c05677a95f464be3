"""SQL of records that wait for their file.

A record waits until it has a line in a file of the target, and again when that line was rejected
and is to be sent anew. Whatever is committed late is found late: nothing goes by a high-water mark.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from uuid import UUID

from collection.exports.record import ExportTarget, Record, RecordKind
from collection.receipts.number_sql import FULL_NUMBER
from core.money import Money
from data.session import Session, rows

_BELOW = """
WITH RECURSIVE below AS (
    SELECT b.id, b.code, b.zone FROM branch b WHERE b.id = :branch
    UNION ALL SELECT b.id, b.code, b.zone FROM branch b JOIN below ON b.parent_id = below.id
)
"""
_TRIES = """
CROSS JOIN LATERAL (
    SELECT count(*) AS made, count(*) FILTER (WHERE l.state <> 'rejected' OR l.resend_at IS NULL)
           AS standing
    FROM export_line l
    WHERE l.target_id = :target AND l.record = :record AND l.record_id = {id}
) tries
"""
_SINCE = "({at} AT TIME ZONE b.zone)::date >= :since"
_RECEIPT = f"""
    r.amount_minor, r.currency, {FULL_NUMBER} AS number,
    a.source_ref AS account, c.source_ref AS customer, b.code AS branch,
    coalesce(w.username, '') AS agent, r.mode, coalesce(r.mode_reference, '') AS mode_reference
"""
_OF_RECEIPT = """
    JOIN below b ON b.id = r.branch_id JOIN receipt_series q ON q.id = r.series_id
    JOIN account a ON a.id = r.account_id JOIN customer c ON c.id = a.customer_id
    LEFT JOIN staff w ON w.id = coalesce(r.agent_id, r.taken_by)
"""

# A reversal goes behind its receipt: in the same file, after it was sent, or where the receipt is
# older than what this target gets. While the receipt stands rejected, it waits.
_RECEIPT_WENT = f"""
(NOT {_SINCE.format(at="r.taken_at")} OR r.id = ANY (CAST(:taken AS uuid[])) OR EXISTS (
    SELECT FROM export_line l WHERE l.target_id = :target AND l.record = 'receipt'
    AND l.record_id = r.id AND l.state <> 'rejected'))
"""  # noqa: RUF100, S608

_SELECTS: Mapping[RecordKind, str] = {
    RecordKind.RECEIPT: f"""
        SELECT r.id, tries.made, {_RECEIPT}, r.taken_at AS at, '' AS reverses
        FROM receipt r {_OF_RECEIPT} {_TRIES.format(id="r.id")}
        WHERE tries.standing = 0 AND {_SINCE.format(at="r.taken_at")}
        ORDER BY r.received_at, r.id LIMIT :limit
        """,  # noqa: S608
    RecordKind.RECEIPT_REVERSAL: f"""
        SELECT v.id, tries.made, {_RECEIPT.replace("r.amount_minor,", "-r.amount_minor AS minor,")},
               v.settled_at AS at, r.id::text AS reverses
        FROM receipt_reversal v JOIN receipt r ON r.id = v.receipt_id {_OF_RECEIPT}
        {_TRIES.format(id="v.id")}
        WHERE v.state = 'approved' AND tries.standing = 0 AND {_SINCE.format(at="v.settled_at")}
          AND {_RECEIPT_WENT}
        ORDER BY v.settled_at, v.id LIMIT :limit
        """,  # noqa: S608
    RecordKind.DEPOSIT: f"""
        SELECT p.id, tries.made, p.amount_minor, p.currency, coalesce(p.slip_no, '') AS slip,
               b.code, coalesce(w.username, '') AS agent, p.target AS place, p.deposited_at AS at,
               '' AS because
        FROM deposit p JOIN below b ON b.id = p.branch_id LEFT JOIN staff w ON w.id = p.agent_id
        {_TRIES.format(id="p.id")}
        WHERE tries.standing = 0 AND {_SINCE.format(at="p.deposited_at")}
        ORDER BY p.posted_at, p.id LIMIT :limit
        """,  # noqa: S608
    RecordKind.DEPOSIT_REJECTION: f"""
        SELECT p.id, tries.made, -p.amount_minor AS minor, p.currency,
               coalesce(p.slip_no, '') AS slip, b.code, coalesce(w.username, '') AS agent,
               p.target AS place, p.rejected_at AS at, p.rejected_because AS because
        FROM deposit p JOIN below b ON b.id = p.branch_id LEFT JOIN staff w ON w.id = p.agent_id
        {_TRIES.format(id="p.id")}
        WHERE p.rejected_at IS NOT NULL AND tries.standing = 0
          AND {_SINCE.format(at="p.rejected_at")}
          AND (NOT {_SINCE.format(at="p.deposited_at")} OR p.id = ANY (CAST(:taken AS uuid[]))
               OR EXISTS (SELECT FROM export_line l WHERE l.target_id = :target
                          AND l.record = 'deposit' AND l.record_id = p.id
                          AND l.state <> 'rejected'))
        ORDER BY p.rejected_at, p.id LIMIT :limit
        """,  # noqa: S608
    RecordKind.JOURNAL_ENTRY: f"""
        SELECT e.id, e.made, sum(greatest(g.amount_minor, 0)) OVER (PARTITION BY e.id)::bigint
               AS minor, g.currency, g.line::text AS posting, e.kind, e.source_id::text,
               e.booked_on::text, e.entered_at, e.code, g.ledger_account,
               coalesce(w.username, '') AS owner, greatest(g.amount_minor, 0)::text AS debit,
               greatest(-g.amount_minor, 0)::text AS credit, coalesce(e.reverses_id::text, '')
        FROM (SELECT e.*, b.code, tries.made
              FROM journal_entry e JOIN below b ON b.id = e.branch_id {_TRIES.format(id="e.id")}
              WHERE tries.standing = 0 AND e.booked_on >= :since
              ORDER BY e.entered_at, e.id LIMIT :limit) e
        JOIN posting g ON g.entry_id = e.id LEFT JOIN staff w ON w.id = g.owner_id
        ORDER BY e.entered_at, e.id, g.line
        """,  # noqa: S608
}  # fmt: skip


async def waiting(
    session: Session, target: ExportTarget, branch_id: UUID, kind: RecordKind,
    taken: Sequence[UUID], limit: int,
) -> list[Record]:  # fmt: skip
    """Records of a kind that wait for a target, the oldest first; `taken` are the ids of records
    that go into the same file before them."""
    select = _SELECTS[kind]
    parameters = {
        "branch": branch_id, "target": target.id, "record": kind, "since": target.since,
        "limit": limit,
    }  # fmt: skip
    if ":taken" in select:
        parameters["taken"] = list(taken)
    found = await rows(session, f"{_BELOW} {select}", **parameters)
    return [_record(kind, list(of_one)) for _, of_one in groupby(found, key=lambda r: (r[0], r[1]))]


def _record(kind: RecordKind, of_one: list[Sequence[object]]) -> Record:
    id_, made, minor, currency = of_one[0][:4]
    assert isinstance(id_, UUID) and isinstance(made, int) and isinstance(minor, int)  # noqa: PT018
    cells = tuple(tuple(_cell(value) for value in row[4:]) for row in of_one)
    return Record(kind, id_, made + 1, Money(minor, str(currency)), cells)


def _cell(value: object) -> str:
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat() if isoformat else value)
