"""SQL of meetings that were held."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from collection.centers.attendance import ATTENDED, EXCUSED, Attendance, Tally
from collection.centers.meetings.meeting import Meeting, MeetingMember, SheetReport
from collection.custody.denominations import Denomination
from collection.receipts.store import receipts
from core.money import Money
from data.session import Session, rows
from data.tables.centers import CenterMeeting, MeetingReceipt
from data.tables.centers import MeetingMember as MemberRow


@dataclass(frozen=True, slots=True)
class StoredMeeting:
    """A meeting as stored, with the hash of the body that made it."""

    meeting: Meeting
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Submitted:
    """A sheet that an agent submitted for a center, in brief; `zone` is its branch's."""

    meeting_id: UUID
    center_id: UUID
    agent_id: UUID
    agent_name: str
    submitted_at: datetime
    zone: str
    cash: Money
    denominations: tuple[Denomination, ...]


@dataclass(frozen=True, slots=True)
class MemberTally:
    """How reliably a member came to a center's meetings."""

    customer_id: UUID
    name: str
    attendance: Tally


async def submitted(session: Session, center_id: UUID, day: date, agent_id: UUID) -> UUID | None:
    """The id of an agent's sheet of a center and a day."""
    found = await rows(
        session,
        "SELECT id FROM center_meeting"
        " WHERE center_id = :center AND day = :day AND agent_id = :agent",
        center=center_id,
        day=day,
        agent=agent_id,
    )
    return found[0].id if found else None


async def submitted_on(session: Session, day: date) -> Sequence[Submitted]:
    """The sheets of a day in scope, the first one first."""
    found = await rows(
        session,
        "SELECT m.id, m.center_id, m.agent_id, s.full_name, m.submitted_at, b.zone,"
        " m.cash_minor, m.currency, m.denominations FROM center_meeting m"
        " JOIN staff s ON s.id = m.agent_id JOIN branch b ON b.id = m.branch_id"
        " WHERE m.day = :day ORDER BY m.submitted_at, m.id",
        day=day,
    )
    return [
        Submitted(
            r.id, r.center_id, r.agent_id, r.full_name, r.submitted_at, r.zone,
            Money(r.cash_minor, r.currency), tuple(Denomination(**d) for d in r.denominations),
        )
        for r in found
    ]  # fmt: skip


async def meeting(session: Session, meeting_id: UUID) -> StoredMeeting | None:
    """A meeting in scope by its id."""
    found = await rows(session, "SELECT * FROM center_meeting WHERE id = :id", id=meeting_id)
    if not found:
        return None
    m = found[0]
    members = await rows(
        session,
        "SELECT a.customer_id, u.full_name, a.attendance, a.due_minor, a.place"
        " FROM meeting_member a JOIN customer u ON u.id = a.customer_id"
        " WHERE a.meeting_id = :id ORDER BY a.place",
        id=meeting_id,
    )
    linked = await rows(
        session,
        "SELECT receipt_id FROM meeting_receipt WHERE meeting_id = :id ORDER BY place",
        id=meeting_id,
    )
    taken = {
        r.receipt.id: r.receipt for r in await receipts(session, [x.receipt_id for x in linked])
    }
    made = Meeting(
        m.id, m.center_id, m.agent_id, m.day, m.held_at, m.submitted_at, m.group_image_id,
        Money(m.due_minor, m.currency), Money(m.cash_minor, m.currency),
        Money(m.other_minor, m.currency),
        tuple(Denomination(**d) for d in m.denominations),
        tuple(
            MeetingMember(
                a.customer_id, a.full_name, Attendance(a.attendance), Money(a.due_minor, m.currency)
            )
            for a in members
        ),
        tuple(taken[x.receipt_id] for x in linked),
    )  # fmt: skip
    return StoredMeeting(made, bytes(m.body_hash))


async def add(session: Session, branch_id: UUID, made: Meeting, report: SheetReport) -> bool:
    """Store a meeting with its members and receipts. False when its id is taken, by whomever."""
    added = await session.execute(
        upsert(CenterMeeting)
        .values(
            id=made.id,
            branch_id=branch_id,
            center_id=made.center_id,
            agent_id=made.agent_id,
            day=made.day,
            held_at=made.held_at,
            submitted_at=made.submitted_at,
            fix=report.fix.as_json() if report.fix else None,
            group_image_id=made.group_image_id,
            currency=made.due.currency,
            due_minor=made.due.amount_minor,
            cash_minor=made.cash.amount_minor,
            other_minor=made.other.amount_minor,
            denominations=[asdict(d) for d in made.denominations],
            body_hash=report.body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(CenterMeeting.id)
    )
    if added.scalar_one_or_none() is None:
        return False
    await session.execute(
        insert(MemberRow),
        [
            {"meeting_id": made.id, "customer_id": m.customer_id, "place": place,
             "attendance": m.attendance.value, "due_minor": m.due.amount_minor}
            for place, m in enumerate(made.members)
        ],
    )  # fmt: skip
    if made.receipts:
        await session.execute(
            insert(MeetingReceipt),
            [
                {"meeting_id": made.id, "receipt_id": receipt.id, "place": place}
                for place, receipt in enumerate(made.receipts)
            ],
        )
    return True


async def is_group_image(session: Session, attachment_id: UUID, case_ids: Sequence[UUID]) -> bool:
    """Whether an attachment in scope is a picture of one of these cases, and of no meeting yet."""
    found = await rows(
        session,
        "SELECT FROM attachment a WHERE a.id = :id AND a.kind IN ('photo', 'group_image')"
        " AND a.case_id = ANY (CAST(:cases AS uuid[]))"
        " AND NOT EXISTS (SELECT FROM center_meeting m WHERE m.group_image_id = a.id)",
        id=attachment_id,
        cases=list(case_ids),
    )
    return bool(found)


async def account_order(session: Session, case_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """The place of each case's account in the order in which accounts are locked."""
    found = await rows(
        session,
        "SELECT id FROM case_file WHERE id = ANY (CAST(:cases AS uuid[])) ORDER BY account_id",
        cases=list(case_ids),
    )
    return {r.id: place for place, r in enumerate(found)}


async def receipts_known(session: Session, ids: Sequence[UUID]) -> Sequence[UUID]:
    """Which of these ids are of receipts in scope."""
    found = await rows(
        session, "SELECT id FROM receipt WHERE id = ANY (CAST(:ids AS uuid[]))", ids=list(ids)
    )
    return [r.id for r in found]


async def tallies(
    session: Session, center_id: UUID, first: date, last: date
) -> Sequence[MemberTally]:
    """How reliably each member came to a center's meetings from the first to the last day."""
    found = await rows(
        session,
        "SELECT a.customer_id, u.full_name,"
        " count(*) FILTER (WHERE a.attendance = ANY (CAST(:attended AS text[]))) AS attended,"
        " count(*) FILTER (WHERE a.attendance = ANY (CAST(:excused AS text[]))) AS excused,"
        " count(*) AS marks"
        " FROM center_meeting m JOIN meeting_member a ON a.meeting_id = m.id"
        " JOIN customer u ON u.id = a.customer_id"
        " WHERE m.center_id = :center AND m.day BETWEEN :first AND :last"
        " GROUP BY a.customer_id, u.full_name ORDER BY u.full_name, a.customer_id",
        center=center_id,
        first=first,
        last=last,
        attended=[mark.value for mark in ATTENDED],
        excused=[mark.value for mark in EXCUSED],
    )
    return [
        MemberTally(
            r.customer_id,
            r.full_name,
            Tally(r.attended, r.marks - r.attended - r.excused, r.excused),
        )
        for r in found
    ]
