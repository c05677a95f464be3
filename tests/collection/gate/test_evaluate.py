"""What rules say: at an instant, over a day, and that the two agree."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.gate.calendars import Holiday
from collection.gate.evaluate import Rulebook, day_hours, hits_at, refuses
from collection.gate.facts import (
    Attempt,
    CaseFacts,
    Contact,
    Hold,
    KnownFact,
    Preference,
    Tagged,
)
from collection.gate.kinds import (
    FactName,
    Frequency,
    HoldKind,
    Holidays,
    Hours,
    PlaceKind,
    Places,
    Precondition,
    Quiet,
    Weekdays,
)
from collection.gate.rule import Channel, Effect, ProductClass, Rule, Status, ZoneBasis
from collection.gate.wall import day_span
from tests.collection.gate.rules import (
    DAYS,
    PARAMS,
    a_book,
    a_rule,
    facts_on,
    local,
    rules,
    some_facts,
)

VISIT = Contact()
CALL = Contact(Channel.CALL)
EIGHT_TO_SEVEN = a_rule(Hours(8 * 3600, 19 * 3600))
TUESDAY = date(2026, 11, 24)


def allowed(book: Rulebook, facts: CaseFacts, contact: Contact, at: datetime) -> bool:
    return not refuses(hits_at(book, facts, contact, at))


@pytest.mark.parametrize(
    ("clock", "is_allowed"),
    [("07:59:59", False), ("07:59:59.999999", False), ("08:00:00", True), ("18:59:59", True),
     ("18:59:59.999999", True), ("19:00:00", False)],
)  # fmt: skip
def test_hours_are_half_open(clock: str, is_allowed: bool) -> None:
    at = local("Asia/Kolkata", f"2026-11-24T{clock}")
    for contact in (CALL, VISIT):
        assert allowed(a_book(EIGHT_TO_SEVEN), some_facts(), contact, at) is is_allowed


def test_a_rule_is_told_with_its_source_and_a_day_that_is_closed_says_why() -> None:
    weekdays = a_rule(Weekdays((1, 2, 3, 4, 5, 6)), 2, "ID", citation="POJK 22/2023 art. 62")
    facts = some_facts("Asia/Jakarta", "ID")
    hours = day_hours(a_book(weekdays), facts, VISIT, date(2026, 11, 22))
    assert hours.windows == ()
    assert hours.barred == "no visits on Sundays (Indonesia, POJK 22/2023 art. 62)"
    assert day_hours(a_book(weekdays), facts, VISIT, date(2026, 11, 23)).windows == ((0, 86_400),)


def test_when_only_several_rules_together_close_a_day_all_are_named() -> None:
    book = a_book(a_rule(Hours(0, 12 * 3600), 1), a_rule(Hours(12 * 3600, 86_400), 2))
    barred = day_hours(book, some_facts(), VISIT, TUESDAY).barred
    assert barred == (
        "visits only from 00:00 to 12:00 (India, test 1);"
        " visits only from 12:00 to 24:00 (India, test 2)"
    )


def test_a_national_holiday_is_closed_and_what_a_branch_declares_goes_before_it() -> None:
    rule = a_rule(Holidays("ID"), jurisdiction="ID")
    facts = some_facts("Asia/Jakarta", "ID")
    independence = date(2026, 8, 17)
    noon = local("Asia/Jakarta", "2026-08-17T12:00")
    assert not allowed(a_book(rule), facts, VISIT, noon)
    barred = day_hours(a_book(rule), facts, VISIT, independence).barred
    assert barred == "no visits on holidays: 17 August is Independence Day (Indonesia, test 1)"
    working = Rulebook((rule,), {("ID", independence): None})
    assert allowed(working, facts, VISIT, noon)
    half = Rulebook((rule,), {("ID", TUESDAY): Holiday("Election", (13 * 3600, 86_400))})
    assert day_hours(half, facts, VISIT, TUESDAY).windows == ((0, 13 * 3600),)
    assert allowed(half, facts, VISIT, local("Asia/Jakarta", "2026-11-24T12:59:59"))
    assert not allowed(half, facts, VISIT, local("Asia/Jakarta", "2026-11-24T13:00"))


def calls(count: int, last: datetime, **attempt: bool) -> tuple[Attempt, ...]:
    told = {"is_conversation": False, "is_same_account": True} | attempt
    return tuple(Attempt(Channel.CALL, last - timedelta(hours=n), **told) for n in range(count))


def test_the_eighth_call_in_seven_days_is_refused_and_a_day_later_is_not() -> None:
    rule = a_rule(Frequency(7, 7), jurisdiction="US", channels=frozenset({Channel.CALL}))
    zone = "America/New_York"
    last = local(zone, "2026-11-24T18:00")
    facts = some_facts(zone, "US", attempts=calls(6, last))
    at = local(zone, "2026-11-24T19:00")
    assert allowed(a_book(rule), facts, CALL, at)
    facts = replace(facts, attempts=calls(7, last))
    assert not allowed(a_book(rule), facts, CALL, at)
    assert allowed(a_book(rule), facts, VISIT, at)
    assert not allowed(a_book(rule), facts, CALL, local(zone, "2026-11-30T23:59:59"))
    assert allowed(a_book(rule), facts, CALL, local(zone, "2026-12-01T00:00"))


def test_calls_about_another_debt_and_calls_that_came_in_do_not_count() -> None:
    rule = a_rule(Frequency(7, 7), jurisdiction="US")
    at = local("America/New_York", "2026-11-24T19:00")
    for attempt in ({"is_same_account": False}, {"is_inbound": True}):
        made = calls(9, at - timedelta(hours=1), **attempt)
        facts = some_facts("America/New_York", "US", attempts=made)
        assert allowed(a_book(rule), facts, CALL, at)


def test_a_day_closes_with_the_last_contact_that_was_allowed_and_quiet_begins_with_its_cause() -> (
    None
):
    zone = "Asia/Kolkata"
    at = [local(zone, f"2026-11-24T{clock}") for clock in ("09:00", "11:00", "13:00")]
    made = tuple(Attempt(Channel.VISIT, each, False, True) for each in at)
    for most, closes in ((1, 9), (2, 11), (3, 13), (4, 24)):
        book = a_book(a_rule(Frequency(most, 1)))
        hours = day_hours(book, some_facts(attempts=made), VISIT, TUESDAY)
        assert hours.windows == ((0, closes * 3600),)
        for hour in (8, 9, 10, 11, 12, 13, 14):
            instant = local(zone, f"2026-11-24T{hour:02}:00")
            assert allowed(book, some_facts(attempts=made), VISIT, instant) is (hour < closes)
    quiet = a_book(a_rule(Quiet("attempt", 1)))
    assert day_hours(quiet, some_facts(attempts=made[1:]), VISIT, TUESDAY).windows == (
        (0, 11 * 3600),
    )


def test_after_a_conversation_there_are_seven_quiet_days_its_own_among_them() -> None:
    zone = "America/New_York"
    rule = a_rule(Quiet("conversation", 7), jurisdiction="US")
    talked = calls(1, local(zone, "2026-11-20T10:00"), is_conversation=True, is_inbound=True)
    facts = some_facts(zone, "US", attempts=talked)
    assert allowed(a_book(rule), facts, CALL, local(zone, "2026-11-20T09:59:59"))
    for day in range(20, 27):
        assert not allowed(a_book(rule), facts, CALL, local(zone, f"2026-11-{day}T18:00"))
        assert (day_hours(a_book(rule), facts, CALL, date(2026, 11, day)).barred is None) == (
            day == 20
        )
    assert allowed(a_book(rule), facts, CALL, local(zone, "2026-11-27T00:00"))


def test_home_visits_wait_for_the_missed_meetings_and_what_is_not_on_record_is_not_so() -> None:
    rule = a_rule(Places((PlaceKind.DESIGNATED,), 2), citation="RBI")
    told = {None: "none is on record", 0: "on record: 0", 1: "on record: 1", 2: None, 5: None}
    for missed, words in told.items():
        hours = day_hours(a_book(rule), some_facts(missed=missed), VISIT, TUESDAY)
        if words is None:
            assert hours.barred is None
        else:
            assert hours.barred == (
                f"home visits only after 2 meetings missed in a row; {words} (India, RBI)"
            )
    meeting = Contact(place=PlaceKind.DESIGNATED)
    assert allowed(a_book(rule), some_facts(), meeting, local("Asia/Kolkata", "2026-11-24T09:00"))
    elsewhere = Contact(place=PlaceKind.ELSEWHERE)
    at = local("Asia/Kolkata", "2026-11-24T09:00")
    assert not allowed(a_book(rule), some_facts(missed=5), elsewhere, at)


def test_an_unmet_precondition_refuses_and_says_what_is_missing() -> None:
    rule = a_rule(Precondition((FactName.AGENT_CERTIFICATE_VALID, FactName.VISIT_NOTICE_GIVEN)))
    known = KnownFact(FactName.VISIT_NOTICE_GIVEN.value, TUESDAY, TUESDAY)
    hours = day_hours(a_book(rule), some_facts(known=(known,)), VISIT, TUESDAY)
    assert hours.barred == "not on record: a valid certificate of the agent (India, test 1)"


def test_what_is_unknown_of_a_product_is_taken_to_be_what_a_rule_is_about() -> None:
    rule = a_rule(
        Hours(9 * 3600, 18 * 3600), product_classes=frozenset({ProductClass.MICROFINANCE})
    )
    at = local("Asia/Kolkata", "2026-11-24T08:30")
    for known, is_allowed in (
        (ProductClass.MICROFINANCE, False), (None, False), (ProductClass.CARD, True),
    ):  # fmt: skip
        facts = some_facts(product_class=known)
        assert allowed(a_book(rule), facts, CALL, at) is is_allowed


def test_drafts_rules_of_other_countries_and_rules_not_yet_effective_are_not_asked() -> None:
    closed = Hours(0, 1)
    book = a_book(
        a_rule(closed, 1, status=Status.DRAFT),
        a_rule(closed, 2, status=Status.OFF),
        a_rule(closed, 3, "ID"),
        a_rule(closed, 4, effective_from=date(2026, 11, 25)),
        a_rule(closed, 5, effective_to=TUESDAY),
    )
    assert day_hours(book, some_facts(), VISIT, TUESDAY).windows == ((0, 86_400),)
    assert day_hours(book, some_facts(), VISIT, date(2026, 11, 25)).windows == ((0, 1),)


def test_a_warning_refuses_nothing_and_an_override_on_record_lifts_its_rule_alone() -> None:
    at = local("Asia/Kolkata", "2026-11-24T12:00")
    warned = a_rule(Hours(0, 1), effect=Effect.WARN)
    (hit,) = hits_at(a_book(warned), some_facts(), VISIT, at)
    assert not hit.refuses
    needs = a_rule(Weekdays((7,)), 2, effect=Effect.REQUIRE_OVERRIDE)
    lifted = some_facts(known=(KnownFact("override", TUESDAY, TUESDAY, "RULE-2"),))
    assert not allowed(a_book(needs), some_facts(), VISIT, at)
    assert allowed(a_book(needs), lifted, VISIT, at)
    assert not allowed(a_book(needs), lifted, VISIT, at + timedelta(days=1))
    other = a_rule(Weekdays((7,)), 3, effect=Effect.REQUIRE_OVERRIDE)
    assert not allowed(a_book(needs, other), lifted, VISIT, at)


def test_a_person_with_several_zones_is_contacted_when_all_of_them_agree() -> None:
    rule = a_rule(Hours(8 * 3600, 21 * 3600), jurisdiction="US",
                  tz_basis=ZoneBasis.ALL_CANDIDATES)  # fmt: skip
    zone = "America/New_York"
    facts = some_facts(zone, "US", zones=(zone, "America/Los_Angeles"))
    assert day_hours(a_book(rule), facts, VISIT, TUESDAY).windows == ((11 * 3600, 21 * 3600),)


def test_preferences_and_holds_narrow_the_day() -> None:
    late = Preference(not_before_s=10 * 3600, not_after_s=17 * 3600)
    book = a_book(EIGHT_TO_SEVEN)
    asked = some_facts(preferences=(late,))
    assert day_hours(book, asked, VISIT, TUESDAY).windows == ((10 * 3600, 17 * 3600),)
    no_calls = Preference(channels=frozenset({Channel.CALL}), is_opted_out=True)
    asked = some_facts(preferences=(no_calls,))
    assert day_hours(book, asked, CALL, TUESDAY).barred == (
        "the customer asked for no calls (on record)"
    )
    assert day_hours(book, asked, VISIT, TUESDAY).barred is None
    held = some_facts(holds=(Hold(HoldKind.BEREAVEMENT, TUESDAY, TUESDAY),))
    assert day_hours(book, held, VISIT, TUESDAY).barred == (
        "left alone for bereavement until 2026-11-24 (on record)"
    )
    assert day_hours(book, held, VISIT, date(2026, 11, 25)).barred is None
    tagged = some_facts(tags=(Tagged("dispute", TUESDAY),))
    assert day_hours(book, tagged, CALL, TUESDAY).barred == (
        "tagged dispute: kept from everybody until 2026-11-24"
    )
    assert day_hours(book, tagged, VISIT, date(2026, 11, 25)).barred is None


@pytest.mark.parametrize(
    ("zone", "day", "windows"),
    [
        # Clocks go forward at midnight: the day begins at 01:00, and 08:00 is seven hours later.
        ("America/Santiago", date(2026, 9, 6), ((7 * 3600, 18 * 3600),)),
        # At 01:59:59 the next second is 03:00:00.
        ("America/New_York", date(2026, 3, 8), ((7 * 3600, 18 * 3600),)),
        ("America/New_York", date(2026, 11, 1), ((9 * 3600, 20 * 3600),)),
        ("Asia/Kathmandu", date(2026, 11, 24), ((8 * 3600, 19 * 3600),)),
        ("Australia/Lord_Howe", date(2026, 10, 4), ((7 * 3600 + 1800, 18 * 3600 + 1800),)),
    ],
)
def test_windows_count_the_seconds_that_pass_also_when_clocks_change(
    zone: str, day: date, windows: tuple[tuple[int, int], ...]
) -> None:
    assert day_hours(a_book(EIGHT_TO_SEVEN), some_facts(zone), VISIT, day).windows == windows


def test_an_hour_that_the_clock_shows_twice_is_judged_by_what_it_shows() -> None:
    until_half_past_one = a_rule(Hours(0, 5400))
    hours = day_hours(
        a_book(until_half_past_one), some_facts("America/New_York"), VISIT, date(2026, 11, 1)
    )
    assert hours.windows == ((0, 5400), (7200, 9000))


CONTACTS = st.builds(
    Contact, st.sampled_from([Channel.VISIT, Channel.CALL]), st.sampled_from(PlaceKind)
)


@given(DAYS.flatmap(lambda day: st.tuples(st.just(day), facts_on(day))), rules(), CONTACTS,
       st.lists(st.floats(0, 1, exclude_max=True), min_size=5, max_size=5))  # fmt: skip
def test_the_hours_of_a_day_are_the_instants_at_which_nothing_refuses(
    on: tuple[date, CaseFacts], made: list[Rule], contact: Contact, shares: list[float]
) -> None:
    day, facts = on
    book = a_book(*made)
    hours = day_hours(book, facts, contact, day)
    begin, end = day_span(facts.zone, day)
    edges = [second for window in hours.windows for edge in window for second in (edge - 1, edge)]
    anywhere = [int(share * (end - begin)) for share in shares]
    for second in [s for s in edges if 0 <= s < end - begin] + anywhere:
        at = datetime.fromtimestamp(begin + second, UTC)
        is_open = any(since <= second < until for since, until in hours.windows)
        assert is_open == allowed(book, facts, contact, at), at
    assert (hours.barred is None) == bool(hours.windows)


@given(DAYS.flatmap(lambda day: st.tuples(st.just(day), facts_on(day))), rules(), CONTACTS,
       st.integers())  # fmt: skip
def test_the_order_of_rules_is_irrelevant(
    on: tuple[date, CaseFacts], made: list[Rule], contact: Contact, seed: int
) -> None:
    day, facts = on
    mixed = random.Random(seed).sample(made, len(made))
    assert day_hours(a_book(*made), facts, contact, day) == day_hours(
        a_book(*mixed), facts, contact, day
    )
    at = datetime.fromtimestamp(sum(day_span(facts.zone, day)) // 2, UTC)
    assert hits_at(a_book(*made), facts, contact, at) == hits_at(a_book(*mixed), facts, contact, at)


@given(DAYS.flatmap(lambda day: st.tuples(st.just(day), facts_on(day), facts_on(day))), rules(),
       PARAMS, CONTACTS)  # fmt: skip
def test_one_more_rule_preference_hold_or_attempt_never_widens(
    on: tuple[date, CaseFacts, CaseFacts], made: list[Rule], params: object, contact: Contact
) -> None:
    day, facts, others = on
    book = a_book(*made)
    before = day_hours(book, facts, contact, day).windows
    wider = [
        (a_book(*made, a_rule(params, 99)), facts),  # type: ignore[arg-type]
        (book, replace(facts, preferences=facts.preferences + others.preferences)),
        (book, replace(facts, holds=facts.holds + others.holds)),
        (book, replace(facts, tags=facts.tags + others.tags)),
        (book, replace(facts, attempts=facts.attempts + others.attempts)),
        (book, replace(facts, zones=tuple(sorted({*facts.zones, *others.zones})))),
    ]
    for more, known in wider:
        for since, until in day_hours(more, known, contact, day).windows:
            assert any(a <= since and until <= b for a, b in before)
