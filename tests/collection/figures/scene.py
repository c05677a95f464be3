"""A lender of two branches whose agents took payments for weeks, without the cost of the API."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from collection.figures.figure import FIGURES
from collection.figures.period import Grouping, Question
from collection.figures.read_figures import FiguresReport, read_figures
from core.ids import new_id
from data.session import EVERYTHING, Database, Scope, rows
from data.tables.cash_field import ReceiptReversal
from data.tables.collection import Account, Promise
from data.tables.custody import Receipt, ReceiptAllocation
from tests.factories import ACase, a_branch, a_case, a_person, an_agent

ZONE = ZoneInfo("America/Santiago")
FIRST, TODAY = date(2026, 9, 21), date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(day: date, hour: int = 10) -> datetime:
    """An hour of a day by the branches' clock."""
    return datetime.combine(day, time(hour), ZONE)


@dataclass
class Lender:
    """A head office and two branches below it, with agents, cases and a boss."""

    database: Database
    head: str
    branches: dict[str, UUID] = field(default_factory=dict)
    agents: dict[UUID, str] = field(default_factory=dict)
    series: dict[UUID, UUID] = field(default_factory=dict)
    cases: list[tuple[UUID, str, ACase]] = field(default_factory=list)
    boss: UUID = field(default_factory=new_id)
    numbers: dict[UUID, int] = field(default_factory=dict)

    async def take(
        self, agent: UUID, case: ACase, minor: int, taken_at: datetime,
        received_at: datetime | None = None, mode: str = "cash",
    ) -> UUID:  # fmt: skip
        """A receipt as it is stored, which pays the case's demand."""
        number = self.numbers[agent] = self.numbers.get(agent, 0) + 1
        id_ = new_id()
        async with self.database.transaction(EVERYTHING) as session:
            await session.execute(
                insert(Receipt).values(
                    id=id_, branch_id=self.branches[self.agents[agent]], agent_id=agent,
                    account_id=case.account_id, case_id=case.case_id, series_id=self.series[agent],
                    number=number, mode=mode,
                    mode_reference=None if mode == "cash" else f"U{number}",
                    amount_minor=minor, advance_minor=0, outstanding_minor=0, headroom_minor=0,
                    currency="CLP", taken_at=taken_at, received_at=received_at or taken_at,
                    flags=[], body_hash=b"",
                )
            )  # fmt: skip
            await session.execute(
                insert(ReceiptAllocation).values(
                    receipt_id=id_, demand_id=case.demand_id, amount_minor=minor
                )
            )
        return id_

    async def undo(self, receipt: UUID, agent: UUID, when: datetime) -> None:
        """An approved reversal as it is stored."""
        async with self.database.transaction(EVERYTHING) as session:
            await session.execute(
                insert(ReceiptReversal).values(
                    id=new_id(), branch_id=self.branches[self.agents[agent]], receipt_id=receipt,
                    agent_id=agent, reason="Typed twice", asked_by=agent, asked_at=when,
                    state="approved", settled_at=when, settled_by=self.boss, body_hash=b"",
                )
            )  # fmt: skip

    async def promise(self, agent: UUID, case: ACase, minor: int, made_at: datetime) -> None:
        """A promise that was kept on the day it was made."""
        async with self.database.transaction(EVERYTHING) as session:
            await session.execute(
                insert(Promise).values(
                    id=new_id(), branch_id=self.branches[self.agents[agent]], agent_id=agent,
                    account_id=case.account_id, case_id=case.case_id, amount_minor=minor,
                    currency="CLP", due_on=made_at.date(), made_at=made_at, source="agent",
                    state="kept", paid_minor=minor, settled_at=made_at, body_hash=b"",
                )
            )  # fmt: skip

    async def ask(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.database.transaction(EVERYTHING) as session:
            return list(await rows(session, statement, **parameters))

    async def report(
        self, first: date, last: date, grouping: Grouping, now: datetime = NOW, **only: Any
    ) -> FiguresReport:
        """What leaders of this lender are told."""
        asked = Question(first, last, grouping, "CLP", **({"branch": self.head} | only))
        async with self.database.transaction(EVERYTHING, read_only=True) as session:
            return await read_figures(session, asked, list(FIGURES.values()), now)

    def scope(self) -> Scope:
        return Scope(tuple(self.branches.values()))


async def a_lender(database: Database) -> Lender:
    """Two branches of two agents each, with four cases an agent in two products."""
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session)
        [code] = await rows(session, "SELECT code FROM branch WHERE id = :id", id=head)
        lender = Lender(database, code.code, {code.code: head})
        lender.boss = await a_person(session, head)
        for letter in "NS":
            name = f"{code.code}{letter}"
            branch = lender.branches[name] = await a_branch(session, name, parent_code=code.code)
            for number in range(2):
                agent = await an_agent(session, branch, f"Agent {letter}{number}")
                lender.agents[agent] = name
                for n in range(4):
                    due = date(2026, 9 + n % 3, 25)
                    case = await a_case(session, branch, agent_id=agent, due_on=due)
                    if n % 2:
                        await session.execute(
                            update(Account).where(Account.id == case.account_id)
                            .values(product_code="GROUP")
                        )  # fmt: skip
                    lender.cases.append((agent, name, case))
        found = await rows(
            session, "SELECT id, agent_id FROM receipt_series WHERE agent_id = ANY (:agents)",
            agents=list(lender.agents),
        )  # fmt: skip
        lender.series = {r.agent_id: r.id for r in found}
    return lender


async def busy_weeks(lender: Lender, seed: int = 7) -> None:
    """Payments, undone ones and promises on most days from `FIRST` to today, drawn by `seed`."""
    random = Random(seed)
    for offset in range((TODAY - FIRST).days + 1):
        day = FIRST + timedelta(days=offset)
        for _ in range(random.randint(0, 3)):
            agent, _, case = random.choice(lender.cases)
            mode = random.choice(["cash", "cash", "upi"])
            hour = 8 if day == TODAY else random.randint(0, 23)
            receipt = await lender.take(
                agent, case, random.randint(1, 400), at(day, hour), mode=mode
            )
            if random.random() < 0.2:
                later = min(TODAY, day + timedelta(days=random.randint(0, 9)))
                await lender.undo(receipt, agent, at(later, 8))
            if random.random() < 0.3:
                await lender.promise(agent, case, random.randint(1, 300), at(day, hour))
