"""Enroll the people of a file, once: accounts, tills, receipt series, and a phone each."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody.open_till import open_tills
from collection.enrollment import store
from collection.enrollment.errors import EnrollmentNotFound, NobodyToEnroll, RowsRefused
from collection.enrollment.roster import (
    Applicant,
    NewRoster,
    Roster,
    read_roster,
    without_taken,
)
from collection.enrollment.store import EnrollmentLine
from core.geometry import LatLon
from core.ids import new_id
from core.money import Money
from data.session import EVERYTHING, Database, Session
from identity.devices.store import add_devices
from identity.openings.open_account import Way, check_may_open, open_accounts
from identity.people.store import add_people, add_profiles, usernames_taken
from identity.permission import GRANTS
from identity.principal import Principal, Role
from identity.secret import NO_PASSWORD, hash_secret, new_secret
from identity.store import branches


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of a file. `already` when these bytes were enrolled before: nothing was done."""

    line: EnrollmentLine
    already: bool


async def look_at(session: Session, database: Database, new: NewRoster) -> Roster:
    """What would become of a file: who would be enrolled, and why the others would not. Nothing is
    stored.

    Raises `UnreadableRoster` or `InvalidField`.
    """
    ours = {branch.code: branch for branch in await branches(session)}
    roster = read_roster(new, ours)
    # User names are of the whole installation, whosever they are.
    async with database.transaction(EVERYTHING, read_only=True) as everything:
        taken = await usernames_taken(everything, [one.username for one in roster.applicants])
    return without_taken(roster, taken)


async def enroll_many(
    session: Session,
    database: Database,
    new: NewRoster,
    *,
    branch_id: UUID,
    by: Principal,
    now: datetime,
    skip_bad: bool,
    with_phones: bool,
) -> Enrolled:
    """Enroll the people of a file, all of them or, with `skip_bad`, those whose rows are good.

    Nobody has a password by that: `map_ui/welcome` prints what they choose one with. The same
    bytes again change nothing. `with_phones` enrolls a phone for each agent. Raises
    `UnreadableRoster`, `InvalidField`, `RowsRefused`, `NobodyToEnroll` or `NameTaken`.
    """
    # 1. The same bytes once.
    await store.lock_branch(session, branch_id)
    file_hash = hashlib.sha256(new.content).digest()
    known = await store.of_file(session, branch_id, file_hash)
    if known:
        return Enrolled(await _line(session, known), already=True)
    # 2. Who can be enrolled.
    roster = await look_at(session, database, new)
    if roster.problems and not skip_bad:
        raise RowsRefused(len(roster.problems), len(roster.applicants))
    if not roster.applicants:
        raise NobodyToEnroll
    for role in {one.role for one in roster.applicants} - {Role.AGENT}:
        check_may_open(by, GRANTS[role])
    # 3. Store them, a set at a time.
    ids = {one.line: new_id() for one in roster.applicants}
    await add_people(session, [_staff(ids[one.line], one) for one in roster.applicants])
    agents = [one for one in roster.applicants if one.role is Role.AGENT]
    await add_profiles(session, [_profile(ids[one.line], one) for one in agents])
    await _open_tills(session, ids, agents)
    phones = {one.line: new_id() for one in agents} if with_phones else {}
    devices = [_device(phones[one.line], one, by.id, now) for one in agents if one.line in phones]
    await add_devices(session, devices)
    await open_accounts(session, list(ids.values()), Way.EMPLOYED, by, now)
    # 4. Keep what came of the file.
    enrollment_id = new_id()
    people = [
        {
            "staff_id": ids[one.line], "branch_id": one.branch.id, "line": one.line,
            "device_id": phones.get(one.line),
        }
        for one in roster.applicants
    ]  # fmt: skip
    await store.add_enrollment(
        session, people, id=enrollment_id, branch_id=branch_id, file_name=new.name,
        file_hash=file_hash, rows_read=roster.rows_read, enrolled_by=by.id, enrolled_at=now,
    )  # fmt: skip
    return Enrolled(await _line(session, enrollment_id), already=False)


async def _line(session: Session, enrollment_id: UUID) -> EnrollmentLine:
    line = await store.enrollment(session, enrollment_id)
    if line is None:
        raise EnrollmentNotFound(str(enrollment_id))
    return line


async def _open_tills(session: Session, ids: dict[int, UUID], agents: list[Applicant]) -> None:
    by_branch: dict[UUID, dict[UUID, Money]] = {}
    for one in agents:
        limit = one.cash_limit or Money(0, one.branch.currency)
        by_branch.setdefault(one.branch.id, {})[ids[one.line]] = limit
    for branch_id in sorted(by_branch):
        await open_tills(session, branch_id, by_branch[branch_id])


def _staff(staff_id: UUID, one: Applicant) -> dict[str, object]:
    return {
        "id": staff_id, "branch_id": one.branch.id, "role": one.role.value,
        "full_name": one.full_name, "phone": one.phone, "username": one.username,
        "password_hash": NO_PASSWORD,
    }  # fmt: skip


def _profile(agent_id: UUID, one: Applicant) -> tuple[LatLon, dict[str, object]]:
    assert one.home is not None
    values: dict[str, object] = {
        "agent_id": agent_id, "branch_id": one.branch.id, "vehicle": one.vehicle.value,
        "skills": list(one.skills), "languages": list(one.languages),
    }  # fmt: skip
    return one.home, values


def _device(device_id: UUID, one: Applicant, by: UUID, now: datetime) -> dict[str, object]:
    # Nobody knows this key: the sheet that is printed brings another one.
    return {
        "id": device_id, "branch_id": one.branch.id, "label": f"{one.full_name} ({one.username})",
        "key_hash": hash_secret(new_secret("rd")), "enrolled_at": now,
        "enrolled_by": by,
    }  # fmt: skip
