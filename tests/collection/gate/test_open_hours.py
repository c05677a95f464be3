"""When cases may be visited, as the database has rules, holidays and records."""

import time as clocks
from datetime import date, time, timedelta

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from allocation.store import end_owners, hand_over
from collection.gate.hours import ContactHours
from collection.gate.kinds import HoldKind, PlaceKind
from collection.gate.open_hours import open_hours
from collection.gate.records.leave_alone import (
    NewHold,
    NewPreference,
    lift_hold,
    record_hold,
    record_preference,
    withdraw_preference,
)
from collection.gate.records.put_on_record import (
    NewFact,
    NewHoliday,
    declare_holiday,
    record_fact,
    record_meeting,
    set_product_class,
)
from collection.gate.rule import ProductClass, Status
from collection.gate.rulebook import store
from collection.gate.rulebook.change_rule import change_rule, set_status
from collection.gate.rulebook.load_pack import load_pack, turn_off_pack
from collection.gate.rulebook.read_body import body_json
from core.errors import InvalidField
from core.ids import new_id
from data.session import EVERYTHING, Database, Scope, rows, savepoint
from identity.policies.set_policy import set_policy
from identity.principal import Role
from tests.collection.gate.scenes import NOW, WRITTEN, a_branch_in
from tests.factories import ACase, a_case, a_person, an_agent

HOUR = 3600
TUESDAY = date(2026, 11, 24)


async def hours_of(session: AsyncSession, case: ACase, day: date = TUESDAY) -> ContactHours:
    return (await open_hours(session, day, [case.case_id]))[case.case_id]


async def test_without_rules_the_branchs_own_hours_hold(session: AsyncSession) -> None:
    branch, _ = await a_branch_in(session, "IN")
    case = await a_case(session, branch)
    assert await hours_of(session, case) == ContactHours(((8 * HOUR, 19 * HOUR),))
    assert await open_hours(session, TUESDAY, []) == {}
    assert await open_hours(session, TUESDAY, [new_id()]) == {}


async def test_rules_of_branches_above_bind_those_below_who_need_not_see_them(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        head, head_code = await a_branch_in(session, "IN")
        below, below_code = await a_branch_in(session, "ID", head_code)
        beside, _ = await a_branch_in(session, "ID")
        case, other = await a_case(session, below), await a_case(session, beside)
        await load_pack(session, "indonesia", head_code, WRITTEN)
        agent = await an_agent(session, below)
        await set_policy(session, head_code, "collector_class", "mfi", None, NOW)
    sunday = date(2026, 11, 22)
    for scope in (EVERYTHING, Scope((below,)), Scope((below,), agent)):
        async with database.transaction(scope) as session:
            found = await open_hours(session, sunday, [case.case_id, other.case_id])
            if scope.agent_id is None:
                assert found[case.case_id].barred == (
                    "no visits on Sundays (Indonesia, POJK 22/2023 art. 62(2)f)"
                )
            if scope is EVERYTHING:
                assert found[other.case_id].barred is None
    async with database.transaction(Scope((below,))) as session:
        (first, *_) = await store.binding(session, below)
        assert first.branch is None
        assert await rows(session, "SELECT id FROM contact_rule WHERE branch_id = :b", b=head)
        with pytest.raises(DBAPIError, match="row-level security"):
            async with savepoint(session):
                await store.add_version(session, head, first.rule, WRITTEN)
        await load_pack(session, "indonesia", below_code, WRITTEN)
    async with database.transaction(Scope((beside,))) as session:
        assert await rows(session, "SELECT id FROM contact_rule") == []


async def test_rules_of_the_branch_that_lends_a_case_bind_whoever_has_it(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        _, head_code = await a_branch_in(session, "ID")
        lender, lender_code = await a_branch_in(session, "ID", head_code)
        borrower, _ = await a_branch_in(session, "ID", head_code)
        beside, _ = await a_branch_in(session, "ID", head_code)
        await load_pack(session, "indonesia", lender_code, WRITTEN)
        await set_policy(session, lender_code, "collector_class", "mfi", None, NOW)
        agent, case = await an_agent(session, borrower), await a_case(session, lender)
        own = await a_case(session, borrower, agent_id=agent)
        await hand_over(session, [(case.case_id, agent)], "nearer", None, NOW)
    sunday = date(2026, 11, 22)
    for scope in (Scope((borrower,)), Scope((borrower,), agent)):
        async with database.transaction(scope) as session:
            found = await open_hours(session, sunday, [case.case_id, own.case_id])
            assert found[case.case_id].barred == (
                "no visits on Sundays (Indonesia, POJK 22/2023 art. 62(2)f)"
            )
            assert found[own.case_id].barred is None
    async with database.transaction(Scope((beside,))) as session:
        assert await rows(session, "SELECT id FROM contact_rule") == []
    async with database.transaction(EVERYTHING) as session:
        await end_owners(session, [case.case_id], NOW)
    async with database.transaction(Scope((borrower,), agent)) as session:
        assert await rows(session, "SELECT id FROM contact_rule") == []


async def test_what_is_declared_of_a_day_goes_before_the_calendar_the_nearest_branch_first(
    session: AsyncSession,
) -> None:
    _, head = await a_branch_in(session, "ID")
    branch, code = await a_branch_in(session, "ID", head)
    by = await a_person(session, branch, Role.ADMIN)
    case = await a_case(session, branch)
    await load_pack(session, "indonesia", head, WRITTEN)
    independence = date(2026, 8, 17)
    assert (await hours_of(session, case, independence)).barred == (
        "no visits on holidays: 17 August is Independence Day (Indonesia, POJK 22/2023 art. 62(2)f)"
    )
    half = NewHoliday("ID", TUESDAY, "Election", "branch", time(13), None)
    await declare_holiday(session, code, half, by, NOW)
    assert (await hours_of(session, case)).windows == ((8 * HOUR, 13 * HOUR),)
    whole = NewHoliday("ID", TUESDAY, "Mourning", "national")
    await declare_holiday(session, head, whole, by, NOW + timedelta(hours=1))
    assert (await hours_of(session, case)).windows == ((8 * HOUR, 13 * HOUR),)
    working = NewHoliday("ID", TUESDAY, "Not here", "working_day")
    await declare_holiday(session, code, working, by, NOW + timedelta(hours=2))
    assert (await hours_of(session, case)).windows == ((8 * HOUR, 19 * HOUR),)


async def test_microfinance_is_told_by_the_product_and_home_visits_by_the_meetings(
    session: AsyncSession,
) -> None:
    branch, code = await a_branch_in(session, "IN")
    by = await a_person(session, branch, Role.ADMIN)
    case = await a_case(session, branch)
    for pack in ("india-nbfc", "india-mfi"):
        await load_pack(session, pack, code, WRITTEN)
    unknown = await hours_of(session, case)
    assert unknown.barred is not None
    assert "2 meetings missed in a row; none is on record" in unknown.barred
    await set_product_class(session, code, "PERSONAL", ProductClass.VEHICLE, by, NOW)
    assert (await hours_of(session, case)).windows == ((8 * HOUR, 19 * HOUR),)
    await set_product_class(session, code, "PERSONAL", ProductClass.MICROFINANCE, by, NOW)
    for day, came, is_barred in [
        (3, False, True), (10, False, False), (17, True, True), (18, False, True),
        (17, False, False), (17, False, False),
    ]:  # fmt: skip
        at = NOW + timedelta(minutes=day)
        await record_meeting(session, case.case_id, date(2026, 11, day), came, by, at)
        hours = await hours_of(session, case)
        assert (hours.barred is not None) is is_barred, (day, came)
    assert hours.windows == ((9 * HOUR, 18 * HOUR),)
    assert (await hours_of(session, case, date(2026, 11, 9))).barred is not None
    kept = await rows(session, "SELECT id FROM meeting_attendance WHERE account_id = :a",
                      a=case.account_id)  # fmt: skip
    assert len(kept) == 5


async def test_holds_and_wishes_narrow_while_they_last(session: AsyncSession) -> None:
    branch, _ = await a_branch_in(session, "IN")
    by = await a_person(session, branch)
    case, neighbor = await a_case(session, branch), await a_case(session, branch)
    hold = NewHold(HoldKind.BEREAVEMENT, TUESDAY, None, "the father died")
    hold_id = await record_hold(session, case.customer_id, hold, by, NOW)
    assert (await hours_of(session, case)).barred == "left alone for bereavement (on record)"
    assert (await hours_of(session, neighbor)).barred is None
    assert (await hours_of(session, case, TUESDAY - timedelta(days=1))).barred is None
    await lift_hold(session, hold_id, by, NOW + timedelta(days=2))
    assert (await hours_of(session, case, TUESDAY + timedelta(days=1))).barred is not None
    assert (await hours_of(session, case, TUESDAY + timedelta(days=2))).barred is None
    wish = NewPreference((), (), time(10), time(12), (PlaceKind.ELSEWHERE,), False, TUESDAY, None,
                         "by telephone")  # fmt: skip
    wish_id = await record_preference(session, neighbor.customer_id, wish, by, NOW)
    assert (await hours_of(session, neighbor)).windows == ((10 * HOUR, 12 * HOUR),)
    await withdraw_preference(session, wish_id, by, NOW)
    assert (await hours_of(session, neighbor)).windows == ((8 * HOUR, 19 * HOUR),)


async def test_a_hold_on_one_account_leaves_the_others_alone(session: AsyncSession) -> None:
    branch, _ = await a_branch_in(session, "IN")
    by = await a_person(session, branch)
    case, other = await a_case(session, branch), await a_case(session, branch)
    hold = NewHold(HoldKind.DISPUTE, TUESDAY, None, "not mine", other.account_id)
    with pytest.raises(InvalidField, match="an account of this customer"):
        await record_hold(session, case.customer_id, hold, by, NOW)
    await session.execute(
        text("UPDATE account SET customer_id = :c WHERE id = :a"),
        {"c": case.customer_id, "a": other.account_id},
    )
    await session.execute(
        text("UPDATE case_file SET customer_id = :c WHERE id = :id"),
        {"c": case.customer_id, "id": other.case_id},
    )
    await record_hold(session, case.customer_id, hold, by, NOW)
    assert (await hours_of(session, case)).barred is None
    assert (await hours_of(session, other)).barred is not None


async def test_facts_of_the_assigned_agent_count_and_an_override_lifts_its_rule(
    session: AsyncSession,
) -> None:
    branch, code = await a_branch_in(session, "IN")
    by, agent = await a_person(session, branch), await an_agent(session, branch)
    case = await a_case(session, branch, agent_id=agent)
    await load_pack(session, "india-nbfc", code, WRITTEN)
    rules = await store.own_rules(session, branch)
    dra = rules["IN-DRA"].rule
    raw = body_json(dra.body) | {"effect": "block"}
    await change_rule(session, dra.id, 1, raw, WRITTEN)
    barred = (await hours_of(session, case)).barred
    assert barred == (
        "not on record: a valid certificate of the agent (India, RBI circular of 24 Apr 2008)"
    )
    fact = NewFact("agent_certificate_valid", agent, TUESDAY, TUESDAY, "IIBF 123")
    await record_fact(session, fact, by, NOW)
    assert (await hours_of(session, case)).barred is None
    assert (await hours_of(session, case, TUESDAY + timedelta(days=1))).barred is not None
    raw |= {"effect": "require_override"}
    await change_rule(session, dra.id, 2, raw, WRITTEN)
    lifts = NewFact("override", case.customer_id, TUESDAY, None, "head of recovery", "IN-DRA")
    await record_fact(session, lifts, by, NOW)
    assert (await hours_of(session, case, TUESDAY + timedelta(days=1))).barred is None


async def test_a_changed_rule_is_a_new_version_and_a_pack_loaded_again_leaves_it(
    session: AsyncSession,
) -> None:
    branch, code = await a_branch_in(session, "IN")
    case = await a_case(session, branch)
    first = await load_pack(session, "india-nbfc", code, WRITTEN)
    assert (len(first.added), first.unchanged) == (5, [])
    again = await load_pack(session, "india-nbfc", code, WRITTEN)
    assert (again.added, len(again.unchanged)) == ([], 5)
    rule = (await store.own_rules(session, branch))["IN-HRS-1"].rule
    off = await set_status(session, rule.id, 1, Status.OFF, WRITTEN)
    assert (off.rule.version, off.pack) == (2, None)
    kept = await load_pack(session, "india-nbfc", code, WRITTEN)
    assert (kept.kept, len(kept.unchanged)) == (["IN-HRS-1"], 4)
    versions = await store.versions(session, rule.id)
    assert [(v.rule.version, v.rule.body.status) for v in versions] == [
        (2, Status.OFF), (1, Status.IN_FORCE)
    ]  # fmt: skip
    assert len(await turn_off_pack(session, "india-nbfc", code, WRITTEN)) == 4
    assert (await hours_of(session, case)).windows == ((8 * HOUR, 19 * HOUR),)
    back = await load_pack(session, "india-nbfc", code, WRITTEN)
    assert (len(back.updated), back.kept) == (4, ["IN-HRS-1"])


async def test_a_pack_of_another_country_is_refused(session: AsyncSession) -> None:
    _, code = await a_branch_in(session, "IN")
    with pytest.raises(InvalidField, match="one with a branch in US; here are: IN"):
        await load_pack(session, "us-reg-f", code, WRITTEN)


async def test_the_database_takes_no_rule_that_makes_no_sense(session: AsyncSession) -> None:
    branch, code = await a_branch_in(session, "IN")
    await load_pack(session, "india-nbfc", code, WRITTEN)
    changes: tuple[dict[str, object], ...] = (
        {"kind": "moon"}, {"params": {"from": "19:00", "to": "08:00"}}, {"params": {}},
        {"effect": "maybe"}, {"status": "perhaps"}, {"channels": ["pigeon"]},
        {"effective": "empty"}, {"jurisdiction": "India"}, {"version": 0},
        {"product_classes": ["boat"]}, {"tz_basis": "moon"},
    )  # fmt: skip
    for change in changes:
        changed = {"id": str(new_id()), "code": "NEW"} | change
        with pytest.raises(DBAPIError, match="violates check constraint"):
            async with savepoint(session):
                await session.execute(
                    text(
                        "INSERT INTO contact_rule SELECT (jsonb_populate_record(r, :told)).*"
                        " FROM contact_rule r WHERE code = 'IN-HRS-1' AND branch_id = :branch"
                    ),
                    {"told": Jsonb(changed), "branch": branch},
                )


async def test_rules_and_decisions_cannot_be_edited_in_place(database: Database) -> None:
    for statement in (
        "UPDATE contact_rule SET status = 'off'",
        "DELETE FROM contact_rule",
        "UPDATE contact_decision SET is_allowed = true",
        "DELETE FROM contact_decision",
        "UPDATE contact_attempt SET at = '2020-01-01'",
        "DELETE FROM occasion_hold",
        "UPDATE occasion_hold SET first_day = '2020-01-01'",
        "DELETE FROM holiday",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.transaction(EVERYTHING) as session:
                await session.execute(text(statement))


async def test_the_hours_of_a_whole_branch_come_at_once(session: AsyncSession) -> None:
    branch, code = await a_branch_in(session, "ID")
    await load_pack(session, "indonesia", code, WRITTEN)
    cases = [(await a_case(session, branch)).case_id for _ in range(300)]
    await open_hours(session, TUESDAY, cases[:1])
    begun = clocks.process_time()
    found = await open_hours(session, TUESDAY, cases)
    assert clocks.process_time() - begun < 3.0
    assert set(found) == set(cases)
    assert {hours.windows for hours in found.values()} == {((8 * HOUR, 19 * HOUR),)}
