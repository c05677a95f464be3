"""Receipts that arrive together share a transaction, and each gets its own true answer."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from collection.custody import store as custody
from collection.custody.errors import MoreThanInHand, OverCashLimit
from collection.custody.store import tills_in_doubt
from collection.portfolio.store import lock_account
from collection.receipts.collect import Collected, collect
from collection.receipts.collect_together import Outcome, Sent, collect_together
from collection.receipts.errors import PartNotTaken, TooMuchCashOfPayer
from collection.receipts.receipt import Receipt
from collection.receipts.report import ReceiptReport
from collection.receipts.store import lock_payer
from core.errors import DomainError, IdReused, InvalidField
from core.ids import new_id
from core.money import Money
from data.session import EVERYTHING, Database, Scope, Session, rows
from identity.audit.event import AuditEvent, Kind
from identity.policies.set_policy import set_policy
from tests.collection.custody.scenes import deposited
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, an_agent, branch_code

LIMIT = 100_000


@dataclass
class Agent:
    """An agent of a branch, with a till of 100,000 pesos and cases of 50,000 due each."""

    branch: UUID
    id: UUID
    cases: list[ACase]

    @property
    def scope(self) -> Scope:
        return Scope((self.branch,), self.id)

    def sends(
        self, minor: int = 20_000, case: ACase | None = None, mode: str = "cash", **told: Any
    ) -> Sent:
        report = ReceiptReport(
            new_id(), (case or self.cases[0]).case_id, Money(minor, "CLP"), mode,
            None if mode == "cash" else "A1B2C3", MONDAY_NINE, None, b"body",
        )  # fmt: skip
        event = AuditEvent(
            new_id(), self.branch, MONDAY_NINE, Kind.CHANGE, self.id, "agent", None, None, None,
            "PUT /v1/agent/receipts/{id}", {"id": str(report.id)}, None,
        )  # fmt: skip
        return Sent(self.id, self.scope, replace(report, **told), MONDAY_NINE, event)


async def a_team(database: Database, agents: int = 2, cases: int = 2) -> list[Agent]:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        return [await an_agent_of(session, branch, cases) for _ in range(agents)]


async def an_agent_of(session: Session, branch: UUID, cases: int = 2) -> Agent:
    agent = await an_agent(session, branch, cash_limit_minor=LIMIT)
    given = [await a_case(session, branch, agent_id=agent) for _ in range(cases)]
    return Agent(branch, agent, given)


async def alone(database: Database, sent: Sent) -> Receipt:
    async with database.transaction(sent.scope) as session:
        return (await collect(session, sent.agent_id, sent.report, sent.now)).receipt


async def ask(database: Database, statement: str, **parameters: Any) -> Sequence[Any]:
    async with database.transaction(EVERYTHING) as session:
        return await rows(session, statement, **parameters)


def receipts_of(outcomes: Sequence[Outcome]) -> list[Receipt | None]:
    return [each.receipt if isinstance(each, Collected) else None for each in outcomes]


async def is_whole(database: Database, agents: Sequence[Agent]) -> None:
    """All that money rests on: tills, ledger, numbers without a gap, links, accounts."""
    async with database.transaction(EVERYTHING) as session:
        assert await tills_in_doubt(session) == []
        branch = agents[0].branch
        [total] = await rows(session, "SELECT coalesce(sum(amount_minor), 0) FROM posting")
        assert total[0] == 0
        broken = await rows(
            session, "SELECT * FROM receipt_chain_breaks() WHERE branch_id = :b", b=branch
        )
        assert broken == []
        gaps = await rows(
            session,
            "SELECT s.id FROM receipt_series s LEFT JOIN receipt r ON r.series_id = s.id"
            " WHERE s.branch_id = :b GROUP BY s.id HAVING count(r.id) <> s.next_number - 1"
            " OR coalesce(max(r.number), 0) <> count(r.id)",
            b=branch,
        )
        assert gaps == []
        unpaid = await rows(
            session,
            "SELECT a.id FROM account a WHERE a.branch_id = :b AND a.advance_minor"
            " + (SELECT coalesce(sum(paid_minor), 0) FROM demand WHERE account_id = a.id)"
            " <> (SELECT coalesce(sum(amount_minor - suspense_minor), 0)"
            " FROM receipt WHERE account_id = a.id)",
            b=branch,
        )
        assert unpaid == []


async def test_each_of_a_crowd_gets_its_own_answer(database: Database) -> None:
    one, two = agents = await a_team(database)
    before = one.sends(5_000)
    await alone(database, before)
    sent = [
        one.sends(60_000),  # of a demand of 45,000 that is left
        one.sends(40_000, one.cases[1]),  # beyond the till's limit by now
        one.sends(30_000, one.cases[1]),
        before,  # a repeat
        two.sends(20_000),
        two.sends(10_000, two.cases[0], "card"),
        two.sends(10_000, one.cases[0]),  # not theirs
        two.sends(0),
    ]
    sent.append(sent[4])  # twice at once
    outcomes = await collect_together(database, sent)
    kinds = [type(each) for each in outcomes]
    assert kinds == [
        Collected, OverCashLimit, Collected, type(None), Collected, Collected, type(None),
        InvalidField, type(None),
    ]  # fmt: skip
    refused = outcomes[1]
    assert isinstance(refused, OverCashLimit)
    assert refused.headroom == Money(35_000, "CLP")
    taken = [receipt for receipt in receipts_of(outcomes) if receipt]
    told = [(r.number.number, r.advance.amount_minor, r.outstanding.amount_minor) for r in taken]
    assert told == [(2, 15_000, 0), (3, 0, 20_000), (1, 0, 30_000), (2, 0, 20_000)]
    assert [r.headroom and r.headroom.amount_minor for r in taken] == [
        35_000, 5_000, 80_000, 80_000,
    ]  # fmt: skip
    stored = await ask(
        database,
        "SELECT r.id, c.overdue_minor, c.dpd FROM receipt r JOIN case_file c ON c.id = r.case_id"
        " WHERE r.agent_id = ANY (:agents) AND r.id <> :before ORDER BY r.agent_id, r.number",
        agents=[one.id, two.id], before=before.report.id,
    )  # fmt: skip
    assert [r.id for r in stored] == [r.id for r in taken]
    assert [(r.overdue_minor, r.dpd > 0) for r in stored] == [
        (0, False), (20_000, True), (20_000, True), (20_000, True),
    ]  # fmt: skip
    events = await ask(
        database,
        "SELECT subjects ->> 'id' AS id FROM audit_event WHERE actor_id = ANY (:agents)",
        agents=[one.id, two.id],
    )
    assert sorted(e.id for e in events) == sorted(str(r.id) for r in taken)
    await is_whole(database, agents)


async def test_a_crowd_on_one_account_pays_as_one_after_the_other_would(
    database: Database,
) -> None:
    together, in_turn = await a_team(database)
    amounts = [(20_000, "cash"), (20_000, "card"), (25_000, "cash"), (1_000, "card")]

    def reports(agent: Agent) -> list[Sent]:
        return [agent.sends(minor, mode=mode) for minor, mode in amounts]

    outcomes = receipts_of(await collect_together(database, reports(together)))
    singly = [await alone(database, sent) for sent in reports(in_turn)]
    for one, other in zip(outcomes, singly, strict=True):
        assert one is not None
        assert [p.amount for p in one.allocations] == [p.amount for p in other.allocations]
        assert [p.heads for p in one.allocations] == [p.heads for p in other.allocations]
        number = replace(one.number, number=other.number.number)
        same = replace(
            other, id=one.id, case_id=one.case_id, allocations=one.allocations, number=number
        )
        assert same == one
    standings = [
        (r.dpd, r.bucket, r.section, r.overdue_minor, r.as_of, r.advance_minor)
        for agent in (together, in_turn)
        for r in await ask(
            database,
            "SELECT c.*, a.advance_minor FROM case_file c JOIN account a ON a.id = c.account_id"
            " WHERE c.id = :case",
            case=agent.cases[0].case_id,
        )
    ]
    assert standings[0] == standings[1]
    # As they are read again.
    async with database.transaction(together.scope) as session:
        for sent, receipt in zip(reports(together), outcomes, strict=True):
            assert receipt is not None
            again = replace(sent.report, id=receipt.id)
            assert (await collect(session, together.id, again, MONDAY_NINE)).receipt == receipt
    await is_whole(database, [together, in_turn])


@asynccontextmanager
async def somebody_holds(database: Database, agent: Agent, what: str) -> AsyncIterator[None]:
    """Somebody else's transaction on a connection of its own, which has locked something."""
    async with database.transaction(EVERYTHING) as session:
        if what == "till":
            await custody.lock_till(session, agent.id)
        else:
            await lock_account(session, agent.cases[0].account_id)
        yield


@pytest.mark.parametrize("what", ["till", "account"])
async def test_what_somebody_else_holds_is_not_waited_for(database: Database, what: str) -> None:
    one, two = agents = await a_team(database)
    sent = [one.sends(), two.sends()]
    async with somebody_holds(database, one, what), asyncio.timeout(10):
        outcomes = await collect_together(database, sent)
    assert [type(each) for each in outcomes] == [type(None), Collected]
    assert (await alone(database, sent[0])).number.number == 1
    await is_whole(database, agents)


async def test_what_the_database_refuses_costs_nobody_else_a_receipt(database: Database) -> None:
    one, two = agents = await a_team(database)
    [stranger] = await a_team(database, 1)
    theirs = stranger.sends()
    await alone(database, theirs)
    # An id that is taken where this agent sees nothing.
    sent = [one.sends(), two.sends(id=theirs.report.id), two.sends()]
    assert await collect_together(database, sent) == [None, None, None]
    numbers = "SELECT number FROM receipt WHERE agent_id = ANY (:agents) ORDER BY agent_id, number"
    assert await ask(database, numbers, agents=[one.id, two.id]) == []
    await is_whole(database, agents)
    assert (await alone(database, sent[0])).number.number == 1
    with pytest.raises(IdReused):
        await alone(database, sent[1])
    assert (await alone(database, sent[2])).number.number == 1
    await is_whole(database, agents)


async def test_a_crowd_sees_no_more_than_each_of_its_agents(database: Database) -> None:
    [here] = await a_team(database, 1)
    [there] = await a_team(database, 1)
    async with database.transaction(EVERYTHING) as session:
        mate = await an_agent_of(session, here.branch)
    sent = [
        here.sends(),
        here.sends(case=there.cases[0]),
        there.sends(),
        mate.sends(case=here.cases[0]),
        there.sends(case=mate.cases[0]),
        mate.sends(),
    ]
    taken = [receipt is not None for receipt in receipts_of(await collect_together(database, sent))]
    assert taken == [True, False, True, False, False, True]
    await is_whole(database, [here])


@pytest.mark.parametrize(("policy", "value"), [("cash_code", True), ("receipt_cause", "required")])
async def test_what_asks_for_more_is_collected_alone(
    database: Database, policy: str, value: Any
) -> None:
    [agent] = await a_team(database, 1)
    async with database.transaction(EVERYTHING) as session:
        code = await branch_code(session, agent.branch)
        await set_policy(session, code, policy, value, None, MONDAY_NINE)
    asked = [agent.sends(1_000), agent.sends(50_000, agent.cases[1], "card")]
    outcomes = receipts_of(await collect_together(database, asked))
    # By card, and just what is due: nothing more is asked.
    assert [receipt is not None for receipt in outcomes] == [False, True]
    await is_whole(database, [agent])


async def a_limited_payer(database: Database) -> list[Agent]:
    """Two agents of a branch, whose first cases are of one customer, who may hand over less than
    50,000 pesos in cash in a day."""
    ana, eva = agents = await a_team(database, 2)
    async with database.transaction(EVERYTHING) as session:
        code = await branch_code(session, ana.branch)
        await set_policy(session, code, "cash_per_payer_below", 50_000, None, MONDAY_NINE)
        payer, its = ana.cases[0].customer_id, eva.cases[0]
        for table, key in (("case_file", its.case_id), ("account", its.account_id)):
            await rows(
                session,
                f"UPDATE {table} SET customer_id = :payer WHERE id = :id RETURNING 1",  # noqa: S608
                payer=payer, id=key,
            )  # fmt: skip
    return agents


async def test_a_crowd_keeps_to_what_one_payer_may_hand_over_in_a_day(database: Database) -> None:
    ana, eva = agents = await a_limited_payer(database)
    await alone(database, ana.sends(10_000))
    yesterday = MONDAY_NINE - timedelta(days=1)
    sent = [
        ana.sends(20_000),
        eva.sends(20_000),  # 50,000 with what she took before
        eva.sends(40_000, mode="card"),
        eva.sends(10_000),
        ana.sends(9_999),
        ana.sends(9_999, taken_at=yesterday),
        ana.sends(40_000, ana.cases[1]),  # of another payer
    ]
    outcomes = await collect_together(database, sent)
    kinds = [Collected, TooMuchCashOfPayer, Collected, Collected, Collected, Collected, Collected]
    assert [type(each) for each in outcomes] == kinds
    [late] = await collect_together(database, [eva.sends(1)])
    assert isinstance(late, TooMuchCashOfPayer)
    assert late.paid_today == Money(49_999, "CLP")
    await is_whole(database, agents)


async def test_a_payer_whom_somebody_else_holds_is_not_waited_for(database: Database) -> None:
    ana, eva = await a_limited_payer(database)
    async with database.transaction(EVERYTHING) as session:
        await lock_payer(session, ana.cases[0].customer_id)
        sent = [ana.sends(1_000), eva.sends(1_000), ana.sends(1_000, ana.cases[1])]
        outcomes = receipts_of(await collect_together(database, sent))
    assert [receipt is not None for receipt in outcomes] == [False, False, True]


async def test_crowds_and_single_receipts_of_one_payer_do_not_pass_the_limit_together(
    database: Database,
) -> None:
    agents = await a_limited_payer(database)

    async def one(agent: Agent) -> bool:
        sent = agent.sends(4_000)
        [outcome] = await collect_together(database, [sent])
        return isinstance(outcome, Collected) or (outcome is None and await singly(sent))

    async def singly(sent: Sent) -> bool:
        try:
            await alone(database, sent)
        except TooMuchCashOfPayer:
            return False
        return True

    done = await asyncio.gather(*(one(agent) for _ in range(8) for agent in agents))
    assert sum(done) == 12
    await is_whole(database, agents)


async def test_a_product_that_takes_no_parts_refuses_the_one_that_would_leave_one(
    database: Database,
) -> None:
    [agent] = agents = await a_team(database, 1)
    await ask(
        database,
        "UPDATE account SET product_type = 'insurance_premium' WHERE id = :id RETURNING id",
        id=agent.cases[0].account_id,
    )
    sent = [agent.sends(20_000), agent.sends(50_000), agent.sends(10_000)]
    outcomes = await collect_together(database, sent)
    assert [type(each) for each in outcomes] == [PartNotTaken, Collected, Collected]
    await is_whole(database, agents)


async def test_crowds_deposits_and_single_receipts_at_once_leave_everything_whole(
    database: Database,
) -> None:
    agents = await a_team(database, 4, 3)
    for agent in agents:
        await alone(database, agent.sends(30_000, agent.cases[2]))

    async def crowd(turn: int) -> int:
        sent = [a.sends(1_000 * (turn + 1), a.cases[turn % 3]) for a in agents for _ in range(2)]
        done = 0
        for outcome, each in zip(await collect_together(database, sent), sent, strict=True):
            if outcome is None:
                done += await singly(each)
            done += isinstance(outcome, Collected)
        return done

    async def singly(sent: Sent) -> int:
        try:
            await alone(database, sent)
        except DomainError:
            return 0
        return 1

    async def deposit(agent: Agent) -> int:
        try:
            async with database.transaction(agent.scope) as session:
                await deposited(session, agent.id, 10_000)
        except MoreThanInHand:
            pass
        return 0

    async with asyncio.timeout(120):
        work = [crowd(turn) for turn in range(6)]
        work += [deposit(agent) for agent in agents for _ in range(3)]
        work += [singly(agent.sends(2_000, agent.cases[0])) for agent in agents for _ in range(3)]
        done = sum(await asyncio.gather(*work))
    [stored] = await ask(
        database, "SELECT count(*) AS n FROM receipt WHERE agent_id = ANY (:agents)",
        agents=[agent.id for agent in agents],
    )  # fmt: skip
    assert stored.n == done + len(agents)
    await is_whole(database, agents)
