"""The sums of sheets, level by level, held against another way of counting."""

import random
from collections import defaultdict
from datetime import time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from collection.centers.read_sheets import sheets_on
from collection.centers.sheet import Amounts, Sheet
from core.ids import new_id
from data.session import Session, rows
from data.tables.allocation import Center
from data.tables.centers import CenterSchedule, MemberGroup
from data.tables.collection import Customer, Demand
from data.tables.custody import ReceiptAllocation
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, an_agent

MONDAY = MONDAY_NINE.date()
FIGURES = ("overdue", "today", "advance", "collected", "left")


async def a_member(
    session: Session,
    draw: random.Random,
    branch: UUID,
    agent: UUID,
    center: UUID,
    group: UUID | None,
) -> dict[str, int]:
    """A member with some demands, of which receipts of several days have paid some; what a sheet of
    Monday should say of them, counted from the facts themselves."""
    case = await a_case(session, branch, customer_name=f"Member {draw.random()}", due_minor=1)
    await session.execute(
        update(Customer)
        .where(Customer.id == case.customer_id)
        .values(center_id=center, member_group_id=group)
    )
    expected = dict.fromkeys(FIGURES, 0) | {"overdue": 1, "left": 1}
    for days in draw.sample(range(-40, 10), draw.randrange(4)):
        total = draw.randrange(1, 1_000) * 100
        demand = {
            "id": new_id(), "branch_id": branch, "account_id": case.account_id,
            "due_on": MONDAY + timedelta(days=days), "principal_minor": total,
            "interest_minor": 0, "charges_minor": 0, "penal_minor": 0, "total_minor": total,
        }  # fmt: skip
        parts = [(when, draw.randrange(1, total // 3 + 2)) for when in draw.sample((-1, 0, 1), 2)]
        paid = sum(minor for _, minor in parts)
        await session.execute(insert(Demand).values(**demand, paid_minor=paid))
        for when, minor in parts:
            receipt = await _receipt(session, branch, agent, case, minor, when)
            await session.execute(
                insert(ReceiptAllocation).values(
                    receipt_id=receipt, demand_id=demand["id"], amount_minor=minor
                )
            )
        before = sum(m for when, m in parts if when < 0)
        on_the_day = sum(m for when, m in parts if when == 0)
        expected["collected"] += on_the_day
        if days <= 0:
            expected["overdue" if days else "today"] += total - before
            expected["left"] += total - before - on_the_day
    return expected


async def _receipt(
    session: Session, branch: UUID, agent: UUID, case: ACase, minor: int, days: int
) -> UUID:
    at = MONDAY_NINE + timedelta(days=days)
    [made] = await rows(
        session,
        "INSERT INTO receipt (id, branch_id, account_id, case_id, agent_id, series_id, number,"
        " mode, mode_reference, amount_minor, advance_minor, outstanding_minor, headroom_minor,"
        " currency, taken_at, received_at, body_hash)"
        " SELECT :id, :branch, :account, :case, :agent, s.id,"
        " (SELECT count(*) + 1 FROM receipt WHERE agent_id = :agent), 'card', 'A1B2', :minor, 0, 0,"
        " 0, 'CLP', :at, :at, '' FROM receipt_series s WHERE s.agent_id = :agent RETURNING id",
        id=new_id(), branch=branch, account=case.account_id, case=case.case_id, agent=agent,
        minor=minor, at=at,
    )  # fmt: skip
    id_: UUID = made.id
    return id_


def figures(amounts: Amounts) -> dict[str, int]:
    return {name: getattr(amounts, name).amount_minor for name in FIGURES}


def added(parts: list[dict[str, int]]) -> dict[str, int]:
    return {name: sum(part[name] for part in parts) for name in FIGURES}


def check_levels(sheet: Sheet) -> None:
    """Each line is the sum of those below it."""
    assert figures(sheet.amounts) == added([figures(g.amounts) for g in sheet.groups])
    for group in sheet.groups:
        assert figures(group.amounts) == added([figures(m.amounts) for m in group.members])
        for member in group.members:
            assert figures(member.amounts) == added([figures(c.amounts) for c in member.cases])


@pytest.mark.parametrize("seed", range(3))
async def test_every_level_is_the_sum_of_what_is_below_and_of_the_facts(
    session: Session, seed: int
) -> None:
    draw = random.Random(seed)
    expected: dict[UUID, list[dict[str, int]]] = defaultdict(list)
    of_branch: dict[UUID, list[dict[str, int]]] = defaultdict(list)
    for _ in range(2):
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        for code in range(draw.randrange(1, 4)):
            center = new_id()
            scope = {"branch_id": branch, "center_id": center}
            await session.execute(
                insert(Center).values(id=center, branch_id=branch, code=f"C{code}", name="Center")
            )
            await session.execute(
                insert(CenterSchedule).values(
                    **scope, first_on=MONDAY, every_days=7, meets_at=time(9), place="Here"
                )
            )
            groups: list[UUID | None] = [None, new_id(), new_id()]
            for number, group in enumerate(groups[1:]):
                await session.execute(
                    insert(MemberGroup).values(**scope, id=group, code=f"G{number}", name="Group")
                )
            for _ in range(draw.randrange(1, 6)):
                group = draw.choice(groups)
                owed = await a_member(session, draw, branch, agent, center, group)
                expected[center].append(owed)
                of_branch[branch].append(owed)
    day = await sheets_on(session, MONDAY)
    assert {s.head.center_id for s in day.sheets} == set(expected)
    for sheet in day.sheets:
        check_levels(sheet)
        assert figures(sheet.amounts) == added(expected[sheet.head.center_id])
    assert {b: figures(a) for b, a in day.of_branch.items()} == {
        b: added(parts) for b, parts in of_branch.items()
    }
