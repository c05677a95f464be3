"""What reconciliation posts: a deposit out of transit into the bank's account, and back."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from collection.custody import store as tills
from collection.custody.deposits.deposit import Deposit, Target
from collection.custody.deposits.prove_by_bank import Match, prove_by_bank
from collection.custody.errors import MoreThanInTransit, OwnDeposit, ProvenByACount
from collection.custody.proofs.unprove import unprove
from core.ids import new_id
from core.money import Money
from identity.policies import store as policies
from tests.collection.custody.scenes import balance, deposited, paid
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, an_agent

BANK = new_id()


def a_match(deposit: Deposit, minor: int, charges: int = 0) -> Match:
    return Match(new_id(), deposit.id, BANK, Money(minor, "CLP"), Money(charges, "CLP"))


async def test_a_match_moves_it_to_the_bank_and_its_reversal_moves_it_back(
    session: AsyncSession,
) -> None:
    branch = await a_branch(session)
    agent = await an_agent(session, branch)
    await policies.put(session, branch, "limit_refresh_on", "reconciled", None, MONDAY_NINE)
    case = await a_case(session, branch, agent_id=agent)
    await paid(session, agent, case.case_id, 90_000)
    deposit = await deposited(session, agent, 90_000)
    assert not deposit.frees_at_once
    first, second = a_match(deposit, 60_000), a_match(deposit, 30_000, charges=500)
    await prove_by_bank(session, first, None, MONDAY_NINE)
    till = await tills.till(session, agent)
    assert till is not None
    assert (till.pending.amount_minor, till.headroom.amount_minor) == (30_000, 470_000)
    with pytest.raises(MoreThanInTransit):
        await prove_by_bank(session, a_match(deposit, 30_001), None, MONDAY_NINE)
    await prove_by_bank(session, second, None, MONDAY_NINE)
    assert await balance(session, "bank", BANK) == 89_500
    assert await balance(session, "charges_bank", BANK) == 500
    assert await balance(session, "in_transit", deposit.id) == 0
    await unprove(session, {first.id: deposit.id}, MONDAY_NINE)
    assert await balance(session, "bank", BANK) == 29_500
    assert await balance(session, "in_transit", deposit.id) == 60_000
    till = await tills.till(session, agent)
    assert till is not None
    assert (till.in_transit.amount_minor, till.pending.amount_minor) == (60_000, 60_000)
    await prove_by_bank(session, a_match(deposit, 60_000), None, MONDAY_NINE)
    assert await balance(session, "in_transit", deposit.id) == 0
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


async def test_who_deposited_proves_nothing_and_counted_cash_is_on_no_statement(
    session: AsyncSession,
) -> None:
    branch = await a_branch(session)
    agent = await an_agent(session, branch)
    case = await a_case(session, branch, agent_id=agent)
    await paid(session, agent, case.case_id, 90_000)
    at_bank = await deposited(session, agent, 40_000)
    at_branch = await deposited(session, agent, 40_000, Target.BRANCH)
    with pytest.raises(OwnDeposit):
        await prove_by_bank(session, a_match(at_bank, 40_000), agent, MONDAY_NINE)
    with pytest.raises(ProvenByACount):
        await prove_by_bank(session, a_match(at_branch, 40_000), None, MONDAY_NINE)
