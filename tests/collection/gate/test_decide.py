"""Decisions: that they are kept, and that a limit holds when several ask at once."""

import asyncio
import time as clocks
from datetime import timedelta
from uuid import UUID

import pytest

from collection.errors import CaseNotFound
from collection.gate.decisions import store
from collection.gate.decisions.decide import (
    Asking,
    PlannedVisit,
    ask,
    check,
    decide_plan,
    judge_visit,
)
from collection.gate.decisions.decision import Decision
from collection.gate.facts import HOME_VISIT, Contact
from collection.gate.kinds import HoldKind
from collection.gate.records.leave_alone import NewHold, record_hold
from collection.gate.rule import Channel
from collection.gate.rulebook.change_rule import add_rule
from collection.gate.rulebook.load_pack import load_pack
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from tests.collection.gate.scenes import NOW, WRITTEN, a_branch_in
from tests.factories import ACase, a_case, a_person, an_agent

CALL = Contact(Channel.CALL)
NOON = NOW + timedelta(hours=11)
"""12:00 in New York."""


async def a_us_case(database: Database, cases: int = 1) -> list[ACase]:
    async with database.transaction(EVERYTHING) as session:
        branch, code = await a_branch_in(session, "US")
        await load_pack(session, "us-reg-f", code, WRITTEN)
        return [await a_case(session, branch) for _ in range(cases)]


async def a_call(database: Database, case: ACase, id_: UUID | None = None) -> Decision:
    async with database.transaction(EVERYTHING) as session:
        return await ask(session, Asking(id_ or new_id(), case.case_id, None, NOON, CALL), NOON)


async def test_of_many_calls_at_once_exactly_seven_are_allowed(database: Database) -> None:
    (case,) = await a_us_case(database)
    decisions = await asyncio.gather(*(a_call(database, case) for _ in range(12)))
    assert sum(decision.is_allowed for decision in decisions) == 7
    async with database.transaction(EVERYTHING) as session:
        made = await rows(session, "SELECT id FROM contact_attempt WHERE account_id = :a",
                          a=case.account_id)  # fmt: skip
        kept = await store.of_case(session, case.case_id, None, 50)
    assert len(made) == 7
    assert len(kept) == 12
    refused = [decision for decision in kept if not decision.is_allowed]
    assert {hit["code"] for decision in refused for hit in decision.hits} == {"US-7IN7"}


async def test_the_same_contact_asked_for_again_gets_the_same_answer_and_counts_once(
    database: Database,
) -> None:
    (case,) = await a_us_case(database)
    id_ = new_id()
    both = await asyncio.gather(*(a_call(database, case, id_) for _ in range(4)))
    assert len({decision.id for decision in both}) == 1
    others = [await a_call(database, case) for _ in range(7)]
    assert [decision.is_allowed for decision in others] == [True] * 6 + [False]


async def test_another_debt_has_its_own_seven(database: Database) -> None:
    one, two = await a_us_case(database, cases=2)
    for _ in range(7):
        await a_call(database, one)
    assert not (await a_call(database, one)).is_allowed
    assert (await a_call(database, two)).is_allowed


async def test_a_conversation_brings_seven_quiet_days(database: Database) -> None:
    (case,) = await a_us_case(database)
    id_ = new_id()
    await a_call(database, case, id_)
    async with database.transaction(EVERYTHING) as session:
        await store.tell_conversation(session, id_, True)
        await store.tell_conversation(session, id_, False)  # what was said once stays
        for days, is_allowed in [(0, False), (1, False), (6, False), (7, True)]:
            at = NOON + timedelta(days=days)
            assert (await check(session, case.case_id, CALL, at)).is_allowed is is_allowed


async def test_a_plans_visits_are_kept_and_so_is_what_was_barred_that_day(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, code = await a_branch_in(session, "ID")
        await load_pack(session, "indonesia", code, WRITTEN)
        agent, by = await an_agent(session, branch), await a_person(session, branch)
        planned, late, held, full = [await a_case(session, branch) for _ in range(4)]
        hold = NewHold(HoldKind.LEGAL, NOW.date(), None, "court")
        await record_hold(session, held.customer_id, hold, by, NOW)
        round_id = new_id()
        visits = [
            PlannedVisit(planned.case_id, agent, round_id, NOW),
            PlannedVisit(late.case_id, agent, round_id, NOW + timedelta(hours=7)),
            PlannedVisit(held.case_id, agent, round_id, None),
            PlannedVisit(full.case_id, agent, round_id, None),
            PlannedVisit(new_id(), agent, round_id, NOW),
        ]
        await decide_plan(session, NOW.date(), visits, NOW)
        told = {
            case.case_id: await store.of_case(session, case.case_id, None, 9)
            for case in (planned, late, held, full)
        }
    (one,) = told[planned.case_id]
    assert (one.is_allowed, one.subject_id, one.contact_at, one.hits) == (True, round_id, NOW, [])
    (two,) = told[late.case_id]
    assert {hit["code"] for hit in two.hits} == {"ID-HRS", "BRANCH-HOURS"}
    assert two.flags == ["outside_contact_hours"]
    (three,) = told[held.case_id]
    assert (three.is_allowed, three.contact_at) == (False, None)
    assert three.hits[0]["code"] == "HOLD"
    assert three.flags == ["contact_not_allowed"]
    assert told[full.case_id] == []
    async with database.transaction(EVERYTHING) as session:
        rules = await store.rules_of(session, branch, one.rulebook)
    assert [rule["code"] for rule in rules] == [
        "ID-CONDUCT", "ID-DAYS", "ID-HOLIDAYS", "ID-HRS", "ID-PARTY", "ID-PLACE"
    ]  # fmt: skip


async def test_the_decisions_of_a_branchs_day_are_kept_in_little_time(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, code = await a_branch_in(session, "ID")
        await load_pack(session, "indonesia", code, WRITTEN)
        agent = await an_agent(session, branch)
        cases = [await a_case(session, branch) for _ in range(300)]
        visits = [PlannedVisit(case.case_id, agent, new_id(), NOW) for case in cases]
        begun = clocks.process_time()
        decisions = await decide_plan(session, NOW.date(), visits, NOW)
        assert clocks.process_time() - begun < 2.0
    assert len(decisions) == 300


async def test_checking_keeps_nothing_and_goes_by_the_branchs_clock_without_a_zone(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, code = await a_branch_in(session, "IN")
        await load_pack(session, "india-nbfc", code, WRITTEN)
        case = await a_case(session, branch)
        evening = NOON.replace(tzinfo=None, hour=19, minute=5)
        told = await check(session, case.case_id, HOME_VISIT, evening)
        assert not told.is_allowed
        assert told.reasons[0] == (
            "visits only from 08:00 to 19:00 (India, RBI circular of 12 Aug 2022)"
        )
        assert (await check(session, case.case_id, HOME_VISIT, NOW)).is_allowed
        assert await store.of_case(session, case.case_id, None, 9) == []
        for at in (evening, NOW):
            with pytest.raises(CaseNotFound):
                await check(session, new_id(), HOME_VISIT, at)
        with pytest.raises(CaseNotFound):
            await ask(session, Asking(new_id(), new_id(), None, NOW), NOW)


async def test_two_visits_at_once_are_both_made_and_the_second_is_over_the_limit(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, code = await a_branch_in(session, "IN")
        case = await a_case(session, branch)
        raw = {"code": "OWN-1", "title": "One visit a day", "jurisdiction": "IN",
               "regime": "own", "citation": "policy 7", "kind": "frequency",
               "params": {"max": 1, "days": 1}, "channels": ["visit"]}  # fmt: skip
        await add_rule(session, code, raw, WRITTEN)

    async def visit() -> Decision:
        async with database.transaction(EVERYTHING) as session:
            return await judge_visit(session, Asking(new_id(), case.case_id, None, NOW), NOW)

    both = await asyncio.gather(visit(), visit(), visit())
    assert sorted(decision.is_allowed for decision in both) == [False, False, True]
    async with database.transaction(EVERYTHING) as session:
        made = await rows(session, "SELECT id FROM contact_attempt WHERE account_id = :a",
                          a=case.account_id)  # fmt: skip
    assert len(made) == 3
