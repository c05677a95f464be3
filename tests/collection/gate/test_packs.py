"""The packs that ship, held to what regulation asks of them."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from collection.gate.evaluate import Rulebook, day_hours, hits_at, refuses
from collection.gate.facts import HOME_VISIT, Attempt, CaseFacts, Contact, Hold
from collection.gate.kinds import KINDS, HoldKind, PlaceKind
from collection.gate.params import params_json, read_params
from collection.gate.rule import Channel, ProductClass, Rule, Status
from collection.gate.rulebook.load_pack import packs, read_pack
from collection.gate.rulebook.pack import parse_pack
from collection.gate.rulebook.read_body import body_json, read_body
from core.errors import InvalidField
from tests.collection.gate.rules import local, some_facts

CALL = Contact(Channel.CALL)
ZONES = {"IN": "Asia/Kolkata", "ID": "Asia/Jakarta", "US": "America/New_York",
         "GB": "Europe/London"}  # fmt: skip


def book_of(*names: str) -> Rulebook:
    rules = [rule for name in names for rule in read_pack(name).rules]
    return Rulebook(tuple(Rule(UUID(int=n), 1, rule) for n, rule in enumerate(rules, 1)), {})


def facts_in(country: str, **facts: object) -> CaseFacts:
    return some_facts(ZONES[country], country, **facts)


def allowed(pack: str, country: str, contact: Contact, clock: str, **facts: object) -> bool:
    at = local(ZONES[country], clock)
    return not refuses(hits_at(book_of(pack), facts_in(country, **facts), contact, at))


@pytest.mark.parametrize(
    ("clock", "is_allowed"),
    [("07:59:59", False), ("08:00:00", True), ("18:59:59", True), ("19:00:00", False)],
)
def test_india_allows_calls_and_visits_from_eight_to_before_seven(
    clock: str, is_allowed: bool
) -> None:
    for contact in (CALL, HOME_VISIT):
        assert allowed("india-nbfc", "IN", contact, f"2026-11-24T{clock}") is is_allowed


def test_india_has_microfinance_wait_until_nine_and_other_loans_not() -> None:
    both = book_of("india-nbfc", "india-mfi")
    for product, clock, is_allowed in [
        (ProductClass.MICROFINANCE, "08:30", False),
        (ProductClass.MICROFINANCE, "09:00", True),
        (ProductClass.MICROFINANCE, "17:59:59", True),
        (ProductClass.MICROFINANCE, "18:00", False),
        (ProductClass.VEHICLE, "08:30", True),
        (None, "08:30", False),
    ]:
        facts = facts_in("IN", product_class=product)
        hits = hits_at(both, facts, CALL, local(ZONES["IN"], f"2026-11-24T{clock}"))
        assert refuses(hits) is not is_allowed


def test_india_visits_microfinance_customers_at_home_after_two_missed_meetings() -> None:
    facts = {"product_class": ProductClass.MICROFINANCE}
    noon = "2026-11-24T12:00"
    assert not allowed("india-mfi", "IN", HOME_VISIT, noon, **facts)
    assert not allowed("india-mfi", "IN", HOME_VISIT, noon, missed=1, **facts)
    assert allowed("india-mfi", "IN", HOME_VISIT, noon, missed=2, **facts)
    meeting = Contact(place=PlaceKind.DESIGNATED)
    assert allowed("india-mfi", "IN", meeting, noon, **facts)


def test_indias_draft_is_no_law() -> None:
    draft = read_pack("india-2026-draft")
    assert {rule.status for rule in draft.rules} == {Status.DRAFT}
    assert allowed("india-2026-draft", "IN", CALL, "2026-11-24T03:00")


def test_indonesia_rests_on_sundays_and_national_holidays_and_at_night() -> None:
    for clock, is_allowed in [
        ("2026-11-22T12:00", False),  # a Sunday
        ("2026-11-21T12:00", True),
        ("2026-08-17T12:00", False),  # Independence Day, a Monday
        ("2026-08-18T12:00", True),
        ("2026-11-24T07:59:59", False),
        ("2026-11-24T08:00", True),
        ("2026-11-24T19:59:59", True),
        ("2026-11-24T20:00", False),
    ]:
        assert allowed("indonesia", "ID", HOME_VISIT, clock) is is_allowed, clock
    elsewhere = Contact(place=PlaceKind.ELSEWHERE)
    assert not allowed("indonesia", "ID", elsewhere, "2026-11-24T12:00")
    book = book_of("indonesia")
    barred = day_hours(book, facts_in("ID"), HOME_VISIT, date(2026, 11, 22)).barred
    assert barred == "no visits on Sundays (Indonesia, POJK 22/2023 art. 62(2)f)"


def a_call(clock: str, **attempt: bool) -> Attempt:
    told = {"is_conversation": False, "is_same_account": True} | attempt
    return Attempt(Channel.CALL, local(ZONES["US"], clock), **told)


def test_the_us_allow_seven_calls_in_seven_days_about_a_debt() -> None:
    made = [a_call(f"2026-11-{day}T10:00") for day in range(18, 25)]
    now = "2026-11-24T12:00"
    assert allowed("us-reg-f", "US", CALL, now, attempts=tuple(made[1:]))
    assert not allowed("us-reg-f", "US", CALL, now, attempts=tuple(made))
    other = tuple(replace(each, is_same_account=False) for each in made)
    assert allowed("us-reg-f", "US", CALL, now, attempts=other)
    assert allowed("us-reg-f", "US", CALL, "2026-11-25T12:00", attempts=tuple(made))


def test_the_us_are_quiet_for_seven_days_after_a_conversation() -> None:
    talked = (a_call("2026-11-02T10:00", is_conversation=True),)
    for day in range(2, 9):
        clock = f"2026-11-{day:02}T12:00"
        assert not allowed("us-reg-f", "US", CALL, clock, attempts=talked)
    assert allowed("us-reg-f", "US", CALL, "2026-11-09T12:00", attempts=talked)


def test_the_us_go_by_every_clock_that_a_person_may_have() -> None:
    zones = tuple(sorted((ZONES["US"], "America/Los_Angeles")))
    for clock, is_allowed in [("10:59", False), ("11:00", True), ("20:59", True), ("21:00", False)]:
        at = f"2026-11-24T{clock}"
        assert allowed("us-reg-f", "US", CALL, at, zones=zones) is is_allowed


def test_britain_rests_while_a_debt_is_disputed_and_during_a_breathing_space() -> None:
    noon = "2026-11-24T12:00"
    assert allowed("uk", "GB", HOME_VISIT, noon)
    assert not allowed("uk", "GB", HOME_VISIT, "2026-11-24T21:00")
    for kind, code in ((HoldKind.DISPUTE, "UK-DISPUTE"), (HoldKind.MORATORIUM, "UK-BREATHING")):
        held = facts_in("GB", holds=(Hold(kind, date(2026, 11, 1)),))
        hits = hits_at(book_of("uk"), held, HOME_VISIT, local(ZONES["GB"], noon))
        assert hits[0].code == code
        assert refuses(hits)


def test_a_visit_without_notice_is_a_warning_in_britain() -> None:
    hits = hits_at(
        book_of("uk"), facts_in("GB"), HOME_VISIT, local(ZONES["GB"], "2026-11-24T12:00")
    )
    assert [hit.words for hit in hits] == [
        "not on record: a notice of the visit (United Kingdom, CONC 7.9.12R)"
    ]


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.name)
def test_each_rule_of_a_pack_has_its_source_and_is_read_back_as_written(pack: object) -> None:
    from collection.gate.rulebook.pack import Pack

    assert isinstance(pack, Pack)
    for rule in pack.rules:
        assert rule.citation
        assert rule.jurisdiction[:2] == pack.jurisdiction
        assert read_body(body_json(rule)) == rule


def test_rules_of_the_packs_for_one_country_have_codes_of_their_own() -> None:
    codes = [rule.code for pack in packs() for rule in pack.rules]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("kind", "params", "field"),
    [
        ("hours", {"from": "8", "to": "19:00"}, "params.from"),
        ("hours", {"from": "08:00", "to": "25:00"}, "params.to"),
        ("hours", {"from": "19:00", "to": "08:00"}, "params.to"),
        ("hours", {"from": "08:00", "to": "08:00"}, "params.to"),
        ("hours", {"from": "08:00", "to": "19:00", "till": 1}, "params.till"),
        ("hours", {"from": "08:00", "to": "19:00", "weekdays": []}, "params.weekdays"),
        ("weekday", {"weekdays": [0]}, "params.weekdays"),
        ("weekday", {"weekdays": [1, 1]}, "params.weekdays"),
        ("weekday", {"weekdays": [True]}, "params.weekdays"),
        ("weekday", {}, "params.weekdays"),
        ("holiday", {"calendar": "XX"}, "params.calendar"),
        ("holiday", {"calendar": "US-ZZ"}, "params.calendar"),
        ("holiday", {"calendar": 5}, "params.calendar"),
        ("frequency", {"max": 0, "days": 7}, "params.max"),
        ("frequency", {"max": 7, "days": True}, "params.days"),
        ("frequency", {"max": 7.5, "days": 7}, "params.max"),
        ("quiet_after", {"after": "sms", "days": 7}, "params.after"),
        ("place", {"allowed": ["work"]}, "params.allowed"),
        ("place", {"allowed": ["on_file"], "home_after_missed": 0}, "params.home_after_missed"),
        ("party", {"only": "customer"}, "params.only"),
        ("precondition", {"requires": ["luck"]}, "params.requires"),
        ("hold", {"kinds": [["dispute"]]}, "params.kinds"),
        ("conduct", {"anything": 1}, "params.anything"),
        ("moon", {}, "kind"),
    ],
)
def test_wrong_params_are_named_and_told_what_would_be_right(
    kind: str, params: dict[str, object], field: str
) -> None:
    raw = {"code": "X-1", "title": "x", "jurisdiction": "IN", "regime": "x", "citation": "x",
           "kind": kind, "params": params}  # fmt: skip
    with pytest.raises(InvalidField) as refused:
        read_body(raw)
    assert refused.value.field == field
    assert refused.value.expected


def test_a_pack_that_cannot_be_read_names_the_rule() -> None:
    told = """
version = 1
title = "t"
jurisdiction = "IN"
about = "a"
[[rules]]
code = "IN-1"
title = "t"
jurisdiction = "IN"
regime = "r"
citation = "c"
kind = "hours"
params = { from = "9", to = "18:00" }
"""
    with pytest.raises(InvalidField, match=r"test\.IN-1\.params\.from"):
        parse_pack("test", told)
    with pytest.raises(InvalidField, match="TOML"):
        parse_pack("test", "version = ")


def test_params_are_told_as_they_are_read() -> None:
    for pack in packs():
        for rule in pack.rules:
            told = params_json(rule.params)
            assert read_params(KINDS[type(rule.params)], told) == rule.params


def test_every_pack_is_in_a_file_of_its_own() -> None:
    folder = Path(__file__).parents[3] / "collection" / "gate" / "packs"
    assert {pack.name for pack in packs()} == {path.stem for path in folder.iterdir()}
