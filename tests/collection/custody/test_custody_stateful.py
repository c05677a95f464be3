"""Any order of receipts, reversals, deposits, leases, handovers and counts, through the verbs, on
the real database: after every step all invariants hold."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import text

from collection.custody.days.close_day import close_day
from collection.custody.denominations import Denomination
from collection.custody.deposits.acknowledge import acknowledge
from collection.custody.deposits.deposit import Target
from collection.custody.deposits.post_deposit import DepositReport, post_deposit
from collection.custody.deposits.prove_by_bank import Match, prove_by_bank
from collection.custody.deposits.reject import reject
from collection.custody.differences.difference import Count, FalseNote, Settlement
from collection.custody.differences.settle import settle
from collection.custody.errors import DayDoesNotProve
from collection.custody.handovers.offer import Offer, offer
from collection.custody.handovers.settle import accept, decline, withdraw
from collection.custody.leases.close_lease import close_expired, return_lease
from collection.custody.leases.grant_lease import grant_lease
from collection.custody.proofs.unprove import unprove
from collection.custody.store import tills_in_doubt
from collection.custody.vault.count_vault import CountReport, count_vault
from collection.custody.vault.remit import RemittanceReport, remit
from collection.custody.vault.vault_count import Occasion
from collection.receipts.collect import Collected, collect
from collection.receipts.collect_at_desk import DeskReport, collect_at_desk
from collection.receipts.collect_together import Sent, collect_together
from collection.receipts.report import Offline, ReceiptReport
from collection.receipts.reversals.ask_reversal import ask_reversal
from collection.receipts.reversals.decide_reversal import approve
from core.clock import local_day
from core.errors import DomainError
from core.ids import new_id
from core.money import Money
from data.session import EVERYTHING, Database, Scope, Session, rows
from identity.audit.event import AuditEvent, Kind
from identity.policies import store as policies
from identity.principal import Role
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, an_agent, branch_code

CURRENCY, BANK = "CLP", UUID(int=1)
STEPS_SHORT, STEPS_DEEP = 60, 10_000
STEPS_OF_DATABASE = 500
"""After each step all that is there is looked through: with all steps in one database, each would
take longer than the one before."""
TAKEN: dict[str, int] = {}
"""How often each step was taken, and not refused."""

INVARIANTS = {
    "an entry that does not balance": """
        SELECT entry_id FROM posting GROUP BY entry_id
        HAVING sum(amount_minor) <> 0 OR count(*) < 2 OR count(DISTINCT currency) > 1""",
    "a till beyond its limit that no fact explains": """
        SELECT agent_id FROM till WHERE in_hand_minor < 0 OR reserved_minor < 0
        OR in_hand_minor + reserved_minor + pending_minor > limit_minor + over_minor
        OR over_minor > greatest(
            0, in_hand_minor + reserved_minor + pending_minor - limit_minor)""",
    "a deposit that is not its denominations, or not the cash of receipts": """
        SELECT id FROM deposit d WHERE amount_minor <> (SELECT sum(face_minor * count)
            FROM denomination WHERE deposit_id = d.id)
        OR amount_minor <> (SELECT sum(amount_minor) FROM deposit_allocation
            WHERE deposit_id = d.id)""",
    "a receipt whose cash is in two places, or nowhere": """
        SELECT r.id FROM receipt r
        LEFT JOIN receipt_reversal v ON v.receipt_id = r.id AND v.state = 'approved'
        WHERE r.mode = 'cash' AND r.agent_id IS NOT NULL
            AND r.amount_minor - coalesce(v.from_hand_minor, 0) <>
            (SELECT sum(left_minor) FROM cash_lot WHERE receipt_id = r.id)
            + (SELECT coalesce(sum(a.amount_minor), 0) FROM deposit_allocation a JOIN deposit d
               ON d.id = a.deposit_id AND d.rejected_at IS NULL WHERE a.receipt_id = r.id)""",
    "transit that is not the deposits that nobody has proven": """
        SELECT t.agent_id FROM till t WHERE t.in_transit_minor <> (
            SELECT coalesce(sum(d.amount_minor - d.proven_minor), 0) FROM deposit d
            WHERE d.agent_id = t.agent_id AND d.acknowledged_at IS NULL AND d.rejected_at IS NULL)
        OR t.pending_minor <> (
            SELECT coalesce(sum(d.amount_minor - d.proven_minor), 0) FROM deposit d
            WHERE d.agent_id = t.agent_id AND NOT d.frees_at_once
            AND d.acknowledged_at IS NULL AND d.rejected_at IS NULL)
        OR t.in_transit_minor <> (
            SELECT coalesce(sum(p.amount_minor), 0) FROM posting p JOIN deposit d
            ON d.id = p.owner_id WHERE p.ledger_account = 'in_transit'
            AND d.agent_id = t.agent_id)""",
    "room that is reserved for no lease": """
        SELECT t.agent_id FROM till t WHERE t.reserved_minor <> (
            SELECT coalesce(sum(left_minor), 0) FROM offline_lease l
            WHERE l.agent_id = t.agent_id AND l.closed_at IS NULL)""",
    "a gap in a series": """
        SELECT series_id FROM receipt GROUP BY series_id
        HAVING max(number) <> count(*) OR min(number) <> 1""",
    "a reversal that is no mirror": """
        SELECT e.id FROM journal_entry e JOIN posting p ON p.entry_id IN (e.id, e.reverses_id)
        WHERE e.reverses_id IS NOT NULL
        GROUP BY e.id, p.ledger_account, p.owner_id HAVING sum(p.amount_minor) <> 0""",
    "a shortage or an excess that the ledger has otherwise": """
        SELECT 1 WHERE (SELECT coalesce(sum(amount_minor), 0) FROM posting
                        WHERE ledger_account = 'agent_shortage') <>
            (SELECT coalesce(sum(amount_minor), 0) FROM cash_difference
             WHERE kind = 'shortage' AND settled_at IS NULL)
        OR (SELECT coalesce(-sum(amount_minor), 0) FROM posting
            WHERE ledger_account = 'cash_excess') <>
            (SELECT coalesce(sum(amount_minor), 0) FROM cash_difference
             WHERE kind = 'excess' AND settled_at IS NULL)""",
    "a remittance whose transit is not what the bank has not shown": """
        SELECT m.id FROM remittance m WHERE m.amount_minor - m.proven_minor <>
            (SELECT coalesce(sum(amount_minor), 0) FROM posting
             WHERE ledger_account = 'in_transit' AND owner_id = m.id)""",
    "something that was booked on a day after it was closed": """
        SELECT e.id FROM journal_entry e JOIN day_close c ON c.branch_id = e.branch_id
        AND e.booked_on <= c.day AND e.entered_at > c.closed_at""",
    "an account that is paid what no receipt paid": """
        SELECT a.id FROM account a WHERE a.advance_minor + (SELECT coalesce(sum(paid_minor), 0)
            FROM demand WHERE account_id = a.id) <> (
            SELECT coalesce(sum(r.amount_minor - r.suspense_minor), 0) FROM receipt r
            WHERE r.account_id = a.id
            AND NOT EXISTS (SELECT FROM receipt_reversal v WHERE v.receipt_id = r.id
                            AND v.state = 'approved'))""",
    "an over-payment that does not wait in suspense": """
        SELECT r.id FROM receipt r WHERE NOT EXISTS (
            SELECT FROM receipt_reversal v WHERE v.receipt_id = r.id AND v.state = 'approved')
        AND r.suspense_minor <> (
            SELECT coalesce(-sum(amount_minor), 0) FROM posting
            WHERE ledger_account = 'suspense' AND owner_id = r.id)""",
    "a head that was paid more than a receipt paid": """
        SELECT receipt_id FROM receipt_allocation WHERE amount_minor <>
            charges_minor + penal_minor + interest_minor + principal_minor""",
    "who posted a deposit and proved it": """
        SELECT id FROM deposit WHERE agent_id IN (acknowledged_by, rejected_by)""",
}


def latest(made: list[Any], nth: int) -> Any:
    """The one that was made `nth` before the last: small numbers come often, and are new ones."""
    return made[-1 - nth % len(made)]


class Custody(RuleBasedStateMachine):
    """Two agents, two clerks, one branch; each step is a transaction of its own."""

    database: Database
    loop: asyncio.AbstractEventLoop
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.now, self.tried = MONDAY_NINE, 0
        self.receipts: list[UUID] = []
        self.deposits: list[tuple[UUID, int]] = []
        self.remittances: list[tuple[UUID, int]] = []
        self.leases: list[tuple[UUID, UUID]] = []
        self.numbers = 0
        self.handovers: list[tuple[UUID, UUID, UUID]] = []
        self.matches: list[tuple[UUID, UUID]] = []
        self._run(self._begin)

    def _run(self, act: Callable[[Session], Awaitable[Any]]) -> Any:
        async def within() -> Any:
            async with self.database.transaction(EVERYTHING) as session:
                return await act(session)

        return self.loop.run_until_complete(within())

    async def _begin(self, session: Session) -> None:
        self.branch = await a_branch(session)
        self.code = await branch_code(session, self.branch)
        self.agents = [
            await an_agent(session, self.branch, cash_limit_minor=100_000) for _ in range(2)
        ]
        self.clerks = [await a_person(session, self.branch, Role.CASH_DESK) for _ in range(2)]
        self.third = await a_person(session, self.branch, Role.CASH_DESK)
        self.cases = [
            (await a_case(session, self.branch, agent_id=a, due_minor=60_000)).case_id
            for a in self.agents
        ]
        # What is too much on one account is an advance, on the other it waits in suspense.
        await session.execute(
            text(
                "UPDATE account SET product_type = 'invoice' WHERE id ="
                " (SELECT account_id FROM case_file WHERE id = :case)"
            ),
            {"case": self.cases[1]},
        )

    def step(self, name: str, act: Callable[[Session], Awaitable[Any]]) -> Any:
        """Try a step: what it gave, or None where it was refused. Then all invariants hold."""
        type(self).steps += 1
        self.tried += 1
        try:
            given = self._run(act)
            TAKEN[name] = TAKEN.get(name, 0) + 1
        except DomainError:
            given = None
        self._run(self._check)
        return given

    async def _check(self, session: Session) -> None:
        asked = " UNION ALL ".join(
            f"SELECT '{name}' AS broken WHERE EXISTS ({query})"
            for name, query in INVARIANTS.items()
        )
        assert [r.broken for r in await rows(session, asked)] == []
        assert await tills_in_doubt(session) == []
        total = await rows(session, "SELECT coalesce(sum(amount_minor), 0) FROM posting")
        assert total[0][0] == 0

    def _agent(self, which: int) -> UUID:
        return self.agents[which]

    @rule(
        which=st.integers(0, 1), hundreds=st.integers(1, 300),
        mode=st.sampled_from(["cash", "cash", "cash", "card"]), lease=st.integers(0, 3),
    )  # fmt: skip
    def pay(self, which: int, hundreds: int, mode: str, lease: int) -> None:
        agent = self._agent(which)
        held = [id_ for id_, whose in self.leases if whose == agent]
        offline = None
        if held and lease:
            self.numbers += 1
            offline = Offline(held[-lease % len(held)], self.numbers)
        report = ReceiptReport(
            new_id(), self.cases[which], Money(hundreds * 100, CURRENCY), mode,
            None if mode == "cash" else "A1B2C3", self.now, None, b"", offline,
        )  # fmt: skip
        given = self.step(
            "pay offline" if offline else "pay",
            lambda session: collect(session, agent, report, self.now),
        )
        if given:
            self.receipts.append(report.id)
        elif offline:
            raise AssertionError("what was taken offline is a fact and never refused")

    @rule(sent=st.lists(
        st.tuples(st.integers(0, 1), st.integers(1, 200), st.sampled_from(["cash", "card"])),
        min_size=2, max_size=6,
    ))  # fmt: skip
    def pay_together(self, sent: list[tuple[int, int, str]]) -> None:
        asked = []
        for which, hundreds, mode in sent:
            agent = self._agent(which)
            report = ReceiptReport(
                new_id(), self.cases[which], Money(hundreds * 100, CURRENCY), mode,
                None if mode == "cash" else "A1B2C3", self.now, None, b"",
            )  # fmt: skip
            event = AuditEvent(
                new_id(), self.branch, self.now, Kind.CHANGE, agent, "agent", None, None, None,
                "PUT /v1/agent/receipts/{id}", {}, None,
            )  # fmt: skip
            asked.append(Sent(agent, Scope((self.branch,), agent), report, self.now, event))
        outcomes = self.loop.run_until_complete(collect_together(self.database, asked))
        assert None not in outcomes, "nobody else was there"
        for each, outcome in zip(asked, outcomes, strict=True):
            if isinstance(outcome, Collected):
                TAKEN["pay together"] = TAKEN.get("pay together", 0) + 1
                self.receipts.append(each.report.id)
        type(self).steps += 1
        self._run(self._check)

    @precondition(lambda self: self.receipts)
    @rule(nth=st.integers(0, 1000))
    def reverse(self, nth: int) -> None:
        receipt_id, id_ = latest(self.receipts, nth), new_id()

        async def undo(session: Session) -> None:
            await ask_reversal(session, self.clerks[0], id_, receipt_id, "test", b"", self.now)
            await approve(session, self.clerks[1], id_, self.now)

        self.step("reverse", undo)

    @rule(
        which=st.integers(0, 1), hundreds=st.integers(1, 150), where=st.sampled_from(Target),
        named=st.integers(0, 3),
    )  # fmt: skip
    def deposit(self, which: int, hundreds: int, where: Target, named: int) -> None:
        minor = hundreds * 100
        report = DepositReport(
            new_id(), Money(minor, CURRENCY), [Denomination(100, hundreds)], where, "S-1",
            self.receipts[-named:] if named else [], self.now, b"",
        )  # fmt: skip
        given = self.step(
            "deposit",
            lambda session: post_deposit(session, self._agent(which), report, self.now),
        )
        if given:
            self.deposits.append((report.id, minor))

    @precondition(lambda self: self.deposits)
    @rule(nth=st.integers(0, 1000), more=st.integers(-20, 20), false=st.integers(0, 2))
    def count(self, nth: int, more: int, false: int) -> None:
        deposit_id, minor = latest(self.deposits, nth)
        hundreds = max(0, minor // 100 + more)
        notes = [FalseNote(1000, f"A{n}") for n in range(false)]
        count = Count([Denomination(100, hundreds)], notes)
        self.step(
            "count",
            lambda session: acknowledge(
                session, self.clerks[0], deposit_id, count if more or false else None, self.now
            ),
        )

    @precondition(lambda self: self.deposits)
    @rule(nth=st.integers(0, 1000))
    def send_back(self, nth: int) -> None:
        deposit_id, _ = latest(self.deposits, nth)
        self.step(
            "send back",
            lambda session: reject(session, self.clerks[1], deposit_id, "test", self.now),
        )

    @precondition(lambda self: self.deposits or self.remittances)
    @rule(nth=st.integers(0, 1000), share=st.integers(1, 4), charges=st.integers(0, 50))
    def prove(self, nth: int, share: int, charges: int) -> None:
        deposit_id, minor = latest([*self.remittances, *self.deposits], nth)
        amount = Money(max(1, minor // share), CURRENCY)
        match = Match(new_id(), deposit_id, BANK, amount, Money(charges, CURRENCY))

        async def post(session: Session) -> bool:
            await prove_by_bank(session, match, None, self.now)
            return True

        if self.step("prove", post):
            self.matches.append((match.id, deposit_id))

    @precondition(lambda self: self.matches)
    @rule()
    def take_back(self) -> None:
        match_id, deposit_id = self.matches.pop()
        self.step("take back", lambda session: unprove(session, {match_id: deposit_id}, self.now))

    @rule(which=st.integers(0, 1), hundreds=st.integers(1, 800))
    def lease(self, which: int, hundreds: int) -> None:
        id_, agent = new_id(), self._agent(which)
        wanted = Money(hundreds * 100, CURRENCY)
        given = self.step(
            "lease", lambda session: grant_lease(session, agent, id_, wanted, b"", self.now)
        )
        if given:
            self.leases.append((id_, agent))

    @precondition(lambda self: self.leases)
    @rule(nth=st.integers(0, 3))
    def give_lease_back(self, nth: int) -> None:
        id_, agent = latest(self.leases, nth)
        self.step("return", lambda session: return_lease(session, agent, id_, self.now))

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.step("expire", lambda session: close_expired(session, self.now))

    @rule(which=st.integers(0, 1), hundreds=st.integers(1, 150))
    def offer_cash(self, which: int, hundreds: int) -> None:
        giver, taker, id_ = self.agents[which], self.agents[1 - which], new_id()
        made = Offer(
            id_, taker, Money(hundreds * 100, CURRENCY), [Denomination(100, hundreds)], b""
        )
        if self.step("offer", lambda session: offer(session, giver, made, self.now)):
            self.handovers.append((id_, giver, taker))

    @precondition(lambda self: self.handovers)
    @rule(nth=st.integers(0, 1000), how=st.sampled_from([accept, accept, decline, withdraw]))
    def settle_offer(self, nth: int, how: Any) -> None:
        id_, giver, taker = latest(self.handovers, nth)
        who = giver if how is withdraw else taker
        self.step(how.__name__, lambda session: how(session, who, id_, self.now))

    @rule(which=st.integers(0, 1), hundreds=st.integers(1, 300))
    def walk_in(self, which: int, hundreds: int) -> None:
        report = DeskReport(
            new_id(), self.cases[which], Money(hundreds * 100, CURRENCY), "cash", None,
            [Denomination(100, hundreds)], b"",
        )  # fmt: skip
        given = self.step(
            "walk in",
            lambda session: collect_at_desk(session, self.clerks[0], self.branch, report, self.now),
        )
        if given:
            self.receipts.append(report.id)

    @rule(hundreds=st.integers(0, 900), false=st.integers(0, 1), handed=st.booleans())
    def count_vault(self, hundreds: int, false: int, handed: bool) -> None:
        report = CountReport(
            new_id(), self.code, Occasion.HANDOVER if handed else Occasion.OPENING,
            Count([Denomination(100, hundreds)], [FalseNote(1000, "B")] * false),
            self.clerks[1] if handed else None, b"",
        )  # fmt: skip
        self.step(
            "count vault", lambda session: count_vault(session, self.clerks[0], report, self.now)
        )

    @rule(hundreds=st.integers(1, 300))
    def remit(self, hundreds: int) -> None:
        minor = hundreds * 100
        report = RemittanceReport(
            new_id(), self.code, Money(minor, CURRENCY), [Denomination(100, hundreds)], "S-2", b""
        )
        given = self.step("remit", lambda session: remit(session, self.clerks[0], report, self.now))
        if given:
            self.remittances.append((report.id, minor))

    @rule(how=st.sampled_from(Settlement))
    def settle_difference(self, how: Settlement) -> None:
        async def settle_first(session: Session) -> None:
            found = await rows(
                session,
                "SELECT id FROM cash_difference WHERE branch_id = :branch AND settled_at IS NULL",
                branch=self.branch,
            )
            ours = sorted(r.id for r in found)
            if ours:
                await settle(session, self.third, ours[-1], how, None, self.now)
                TAKEN["settle"] = TAKEN.get("settle", 0) + 1

        self.step("look for differences", settle_first)

    @rule(days=st.integers(0, 2))
    def close(self, days: int) -> None:
        day = local_day(self.now, "America/Santiago") - timedelta(days=days)

        async def close_it(session: Session) -> None:
            try:
                await close_day(session, self.clerks[0], self.code, day, self.now)
            except DayDoesNotProve as error:
                raise AssertionError("every day proves") from error

        self.step("close", close_it)

    @precondition(lambda self: self.tried % 20 == 10)
    @rule(refresh=st.sampled_from(["posted", "acknowledged", "reconciled"]))
    def change_policy(self, refresh: str) -> None:
        self.step(
            "policy",
            lambda session: policies.put(
                session, self.branch, "limit_refresh_on", refresh, None, self.now
            ),
        )


EVERY_STEP = {
    "pay", "pay offline", "pay together", "reverse", "deposit", "count", "send back", "prove",
    "take back", "lease", "return", "expire", "offer", "accept", "decline", "withdraw",
    "walk in", "count vault", "remit", "settle", "close",
}  # fmt: skip


def _run(database_url: str, steps: int) -> int:
    loop = asyncio.new_event_loop()
    database = Database(database_url)
    machine: type[Custody] = type("Machine", (Custody,), {})
    machine.database, machine.loop, machine.steps = database, loop, 0
    each = 50
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=max(1, steps // each),
                stateful_step_count=each,
                deadline=None,
                derandomize="ROUNDSMAN_DEEP" not in os.environ,
                suppress_health_check=list(HealthCheck),
            ),
        )
        return machine.steps
    finally:
        loop.run_until_complete(database.close())
        loop.close()


def test_no_order_of_steps_breaks_an_invariant(own_database_url: str) -> None:
    assert _run(own_database_url, STEPS_SHORT) > STEPS_SHORT // 3


@pytest.mark.deep
def test_ten_thousand_steps_break_no_invariant(
    another_database: Callable[[], AbstractContextManager[str]],
) -> None:
    TAKEN.clear()
    steps = 0
    # Chance leaves a rare step out of ten thousand now and then.
    while steps < STEPS_DEEP or (EVERY_STEP - set(TAKEN) and steps < 3 * STEPS_DEEP):
        with another_database() as url:
            steps += _run(url, STEPS_OF_DATABASE)
    sys.stderr.write(f"{steps} steps tried; taken: {dict(sorted(TAKEN.items()))}\n")
    assert set(TAKEN) >= EVERY_STEP


async def test_a_till_that_its_facts_do_not_explain_is_seen(session: Session) -> None:
    agent = await an_agent(session, await a_branch(session))
    await session.execute(
        text("UPDATE till SET in_hand_minor = 5 WHERE agent_id = :agent"), {"agent": agent}
    )
    assert agent in await tills_in_doubt(session)
