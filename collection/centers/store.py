"""SQL of centers: when they meet, their groups, and what their members owe."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from collection.centers.attendance import Attendance
from collection.centers.schedule import Schedule
from collection.centers.sheet import Amounts, CenterHead, Level, Line, Mark
from core.geometry import LatLon
from core.ids import new_id
from core.money import Money
from data.columns import ewkt_point
from data.session import Session, rows, run
from data.tables.centers import CenterSchedule, MemberGroup
from data.tables.collection import Customer

_HEAD = """
SELECT n.id, n.branch_id, b.code AS branch_code, n.code, n.name, b.currency, b.zone,
       coalesce(CAST(:day AS date) >= s.first_on
                AND (CAST(:day AS date) - s.first_on) % s.every_days = 0, false) AS meets,
       s.meets_at, s.place, ST_Y(s.location::geometry) AS lat, ST_X(s.location::geometry) AS lon
FROM center n JOIN branch b ON b.id = n.branch_id
LEFT JOIN center_schedule s ON s.center_id = n.id
"""


def _head(r: Any) -> CenterHead:
    where = None if r.lat is None else LatLon(r.lat, r.lon)
    return CenterHead(
        r.id, r.branch_id, r.branch_code, r.code, r.name, r.currency, r.zone, r.meets, r.meets_at,
        r.place, where,
    )  # fmt: skip


async def head(session: Session, center_id: UUID, day: date) -> CenterHead | None:
    """A center in scope, as of a day."""
    found = await rows(session, f"{_HEAD} WHERE n.id = :center", center=center_id, day=day)
    return _head(found[0]) if found else None


async def heads(session: Session, day: date) -> Sequence[CenterHead]:
    """The centers in scope that meet on a day, or have a sheet of it, the earliest first."""
    found = await rows(
        session,
        f"SELECT * FROM ({_HEAD}) c WHERE c.meets OR EXISTS ("  # noqa: S608 our own constant
        " SELECT FROM center_meeting m WHERE m.center_id = c.id AND m.day = :day)"
        " ORDER BY c.meets_at, c.branch_code, c.code",
        day=day,
    )
    return [_head(r) for r in found]


# A case owed on the morning of the day what it owes now, and what has been paid on its demands
# since. Everything but the lines themselves is summed by the database, all levels in one pass.
_LINES = """
WITH asked AS (
    SELECT n.id AS center_id, n.branch_id, b.currency, t.last_on,
           CAST(:day AS date)::timestamp AT TIME ZONE b.zone AS begins,
           (CAST(:day AS date) + 1)::timestamp AT TIME ZONE b.zone AS ends
    FROM center n JOIN branch b ON b.id = n.branch_id
    LEFT JOIN unnest(CAST(:branches AS uuid[]), CAST(:last_days AS date[]))
        AS t (branch_id, last_on) ON t.branch_id = n.branch_id
    WHERE n.id = ANY (CAST(:centers AS uuid[]))
), line AS (
    SELECT s.branch_id, s.center_id, s.currency, u.member_group_id, u.id AS customer_id,
           u.full_name, c.id AS case_id, a.source_ref, a.product_code,
           unpaid.overdue + since.overdue AS overdue, unpaid.today + since.today AS today,
           unpaid.advance, taken.minor AS collected,
           unpaid.overdue + unpaid.today + since.later AS unpaid
    FROM asked s JOIN customer u ON u.center_id = s.center_id
    JOIN case_file c ON c.customer_id = u.id AND c.closed_at IS NULL
    JOIN account a ON a.id = c.account_id AND a.currency = s.currency
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(total_minor - paid_minor) FILTER (WHERE falls < :day), 0) AS overdue,
               coalesce(sum(total_minor - paid_minor) FILTER (WHERE falls = :day), 0) AS today,
               coalesce(sum(total_minor - paid_minor) FILTER (WHERE falls > :day), 0) AS advance
        FROM (SELECT *, coalesce(shifted_to, due_on) AS falls FROM demand) d
        WHERE account_id = a.id AND paid_minor < total_minor
          AND (falls <= :day OR due_on <= s.last_on)
    ) unpaid
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount_minor) FILTER (WHERE falls < :day), 0) AS overdue,
               coalesce(sum(amount_minor) FILTER (WHERE falls = :day), 0) AS today,
               coalesce(sum(amount_minor)
                        FILTER (WHERE falls <= :day AND taken_at >= s.ends), 0) AS later
        FROM (SELECT p.amount_minor, r.taken_at, coalesce(d.shifted_to, d.due_on) AS falls
              FROM receipt r JOIN receipt_allocation p ON p.receipt_id = r.id
              JOIN demand d ON d.id = p.demand_id
              WHERE r.account_id = a.id AND r.taken_at >= s.begins AND NOT EXISTS (
                  SELECT FROM receipt_reversal v WHERE v.receipt_id = r.id AND v.state = 'approved')
        ) paid
    ) since
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(r.amount_minor), 0) AS minor FROM receipt r
        WHERE r.account_id = a.id AND r.taken_at >= s.begins AND r.taken_at < s.ends
          AND NOT EXISTS (
            SELECT FROM receipt_reversal v WHERE v.receipt_id = r.id AND v.state = 'approved')
    ) taken
)
SELECT l.*, g.code AS group_code, g.name AS group_name FROM (
    SELECT GROUPING(center_id, member_group_id, customer_id, case_id) AS level,
           branch_id, center_id, member_group_id, customer_id, case_id, min(currency) AS currency,
           min(full_name) AS full_name, min(source_ref) AS source_ref,
           min(product_code) AS product_code, sum(overdue)::bigint AS overdue,
           sum(today)::bigint AS today, sum(advance)::bigint AS advance,
           sum(collected)::bigint AS collected, sum(unpaid)::bigint AS unpaid
    FROM line GROUP BY GROUPING SETS (
        (branch_id), (branch_id, center_id), (branch_id, center_id, member_group_id),
        (branch_id, center_id, member_group_id, customer_id),
        (branch_id, center_id, member_group_id, customer_id, case_id))
) l LEFT JOIN member_group g ON g.id = l.member_group_id
ORDER BY l.level DESC, g.code NULLS LAST, l.full_name, l.customer_id, l.source_ref
"""


async def lines(
    session: Session, centers: Sequence[UUID], day: date, last_days: Mapping[UUID, date]
) -> Sequence[Line]:
    """What the members of centers in scope owe for a day, with the sums of each level.

    `last_days` are the last of the closed days behind it, by branch: what falls due until then is
    offered in advance.
    """
    found = await rows(
        session,
        _LINES,
        centers=list(centers),
        day=day,
        branches=list(last_days),
        last_days=list(last_days.values()),
    )
    return [_line(r) for r in found]


def _line(r: Any) -> Line:
    level = Level(r.level)
    amounts = Amounts(
        *(Money(m, r.currency) for m in (r.overdue, r.today, r.advance, r.collected, r.unpaid))
    )
    label, code = {
        Level.CASE: (r.source_ref, r.product_code),
        Level.MEMBER: (r.full_name, None),
        Level.GROUP: (r.group_name, r.group_code),
    }.get(level, (None, None))
    return Line(
        level, r.branch_id, amounts, r.center_id, r.member_group_id, r.customer_id, r.case_id,
        label, code,
    )  # fmt: skip


async def marks(
    session: Session, centers: Sequence[UUID], day: date
) -> dict[tuple[UUID, UUID], Mark]:
    """What sheets of a day tell of members, by center and customer."""
    found = await rows(
        session,
        "SELECT m.center_id, a.customer_id, a.attendance, (SELECT min(v.label) FROM root_cause x"
        " JOIN case_file c ON c.id = x.case_id JOIN listed_value v ON v.list_id = x.list_id"
        " AND v.code = x.cause_code WHERE x.meeting_id = m.id AND c.customer_id = a.customer_id)"
        " AS cause FROM center_meeting m JOIN meeting_member a ON a.meeting_id = m.id"
        " WHERE m.center_id = ANY (CAST(:centers AS uuid[])) AND m.day = :day",
        centers=list(centers),
        day=day,
    )
    return {(r.center_id, r.customer_id): Mark(Attendance(r.attendance), r.cause) for r in found}


async def center_id(session: Session, branch_id: UUID, code: str) -> UUID | None:
    """The id of a center of a branch."""
    found = await rows(
        session,
        "SELECT id FROM center WHERE branch_id = :branch AND code = :code FOR NO KEY UPDATE",
        branch=branch_id,
        code=code,
    )
    return found[0].id if found else None


async def put_schedule(
    session: Session, center_id: UUID, branch_id: UUID, schedule: Schedule
) -> None:
    """Set when a center meets."""
    told = {
        "first_on": schedule.first_on,
        "every_days": schedule.every_days,
        "meets_at": schedule.meets_at,
        "place": schedule.place,
        "location": ewkt_point(schedule.location) if schedule.location else None,
    }
    await session.execute(
        insert(CenterSchedule)
        .values(center_id=center_id, branch_id=branch_id, **told)
        .on_conflict_do_update(index_elements=["center_id"], set_=told)
    )


async def member_refs(session: Session, center_id: UUID) -> frozenset[str]:
    """The lender's numbers of a center's members."""
    found = await rows(
        session, "SELECT source_ref FROM customer WHERE center_id = :center", center=center_id
    )
    return frozenset(r.source_ref for r in found)


async def put_groups(
    session: Session,
    center_id: UUID,
    branch_id: UUID,
    names: Mapping[str, str],
    members: Mapping[str, str],
) -> None:
    """Have a center exactly these groups (names by code), with these members (codes by the
    lender's number of the customer)."""
    await session.execute(
        update(Customer).where(Customer.center_id == center_id).values(member_group_id=None)
    )
    await session.execute(
        delete(MemberGroup).where(
            MemberGroup.center_id == center_id, MemberGroup.code.notin_(list(names))
        )
    )
    for code, name in names.items():
        await session.execute(
            insert(MemberGroup)
            .values(id=new_id(), branch_id=branch_id, center_id=center_id, code=code, name=name)
            .on_conflict_do_update(index_elements=["center_id", "code"], set_={"name": name})
        )
    await run(
        session,
        "UPDATE customer u SET member_group_id = g.id"
        " FROM unnest(CAST(:refs AS text[]), CAST(:codes AS text[])) AS m (ref, code)"
        " JOIN member_group g ON g.center_id = :center AND g.code = m.code"
        " WHERE u.center_id = :center AND u.source_ref = m.ref",
        center=center_id,
        refs=list(members),
        codes=list(members.values()),
    )
