"""Pages of administration: who finds what in them, and times by one clock."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from allocation.shifts.roster import Roster, RosterDay
from collection.gate.kinds import Kind
from collection.gate.params import read_params
from collection.gate.rule import Rule, RuleBody
from collection.gate.rulebook.load_pack import packs
from collection.gate.rulebook.store import RuleVersion
from collection.portfolio.stages.stage import Stage
from collection.portfolio.stages.visits import StageVisits, Visits
from core.ids import new_id
from identity.people.person import Person, State, Wanted
from identity.permission import GRANTS
from identity.role import Role
from identity.store import BranchView
from map_ui.administration import (
    key_page,
    people_pages,
    settings_pages,
    shifts_page,
    trail_pages,
)
from map_ui.administration.page import Desk, local_time, time_ago
from map_ui.administration.sections import SECTIONS, sections_for
from map_ui.page import Office
from map_ui.places import PLACES
from tests.conftest import MONDAY_NINE
from tests.map_ui.pages import NONCE, OFFICE, tags


def desk(role: Role = Role.ADMIN, office: Office = OFFICE) -> Desk:
    return Desk(office, GRANTS[role], "America/Santiago", MONDAY_NINE)


BRANCH = BranchView(new_id(), "HEAD", "Head", "America/Santiago", "CL", "CLP", None)
WEEK = [RosterDay(date(2026, 11, 23 + n), True, None) for n in range(7)]


def people(at: Desk, *found: Person) -> str:
    return people_pages.people(
        at, found, len(found), Wanted(), branches=[], composed=[], next_url=None, unvouched=0
    )


PAGES = {
    "people": lambda: people(desk()),
    "branches": lambda: people_pages.branches(desk(), [], []),
    "roles": lambda: people_pages.roles(desk(), [], {}, [], new_id()),
    "enrollment": lambda: people_pages.enrollment(desk(), [], [], [], [], viewer_id=new_id()),
    "imports": lambda: trail_pages.imports(desk(), [], "2026-11-23"),
    "keys": lambda: key_page.keys(desk(), [], issuer=GRANTS[Role.ADMIN], branches=[]),
    "quarantine": lambda: trail_pages.quarantine(desk(), [], shown="open", next_url=None),
    "policies": lambda: settings_pages.policies(
        desk(), "HEAD", [], branches=[], q="", source="", viewer_id=new_id()
    ),
    "shifts": lambda: shifts_page.shifts(
        desk(), Roster(BRANCH, WEEK, []), today=WEEK[0].day, q="", branches=[]
    ),
    "stages": lambda: settings_pages.stages(
        desk(), "HEAD", [(StageVisits(Stage.LEGAL, Visits.AS_DUE, ("law",)), True)], branches=[]
    ),
    "paying in parts": lambda: settings_pages.arrears_rules(
        desk(), "HEAD", [], is_own=False, branches=[], products={}
    ),
    "contact rules": lambda: settings_pages.contact_rules(desk(), "HEAD", [], [], branches=[]),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_unique_ids_its_nonce_and_nothing_inline(name: str) -> None:
    found = tags(PAGES[name]())
    ids = [at["id"] for _, at in found if "id" in at]
    assert sorted(ids) == sorted(set(ids))
    assert {at.get("nonce") for tag, at in found if tag == "script"} == {NONCE}
    assert [a for _, at in found for a in at if a == "style" or a.startswith("on")] == []
    assert sum(at.get("aria-current") == "page" for _, at in found) == 2  # menu and section


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_anything_says_so_or_what_to_do(name: str) -> None:
    html = PAGES[name]()
    assert 'class="empty"' in html or name in ("branches", "roles", "stages")


def a_version(rule: RuleBody) -> RuleVersion:
    return RuleVersion(
        Rule(new_id(), 1, rule), new_id(), "HEAD", None, None, MONDAY_NINE, None, None
    )


RULES = [rule for pack in packs() for rule in pack.rules]


@pytest.mark.parametrize("language", ["en", "hi", "es", "id"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_contact_rule_is_told_in_words(rule: RuleBody, language: str) -> None:
    at = desk(office=replace(OFFICE, locale=language))
    html = settings_pages.contact_rule(at, [a_version(rule)])
    facts = html[html.index("<dl") : html.index("</dl>")].replace(rule.source_url or "-", "")
    assert "_" not in facts
    assert "[" not in facts


@pytest.mark.parametrize(
    ("kind", "params", "told"),
    [
        (Kind.HOURS, {"from": "08:00", "to": "19:00"}, "from 08:00 to 19:00"),
        (
            Kind.HOURS,
            {"from": "08:00", "to": "12:00", "weekdays": [6]},
            "from 08:00 to 12:00; Saturday",
        ),
        (Kind.WEEKDAY, {"weekdays": [1, 2]}, "only on Monday, Tuesday"),
        (Kind.QUIET_AFTER, {"after": "attempt", "days": 1}, "none on the day of an attempt"),
        (
            Kind.PLACE,
            {"allowed": ["designated"], "home_after_missed": 2},
            "only at the agreed place; at the address on file after 2 missed meetings in a row",
        ),
    ],
)
def test_a_rules_limits_are_a_sentence(kind: Kind, params: dict[str, Any], told: str) -> None:
    rule = replace(RULES[0], params=read_params(kind, params))
    html = settings_pages.contact_rule(desk(), [a_version(rule)])
    assert re.findall(r'data-testid="limits">\s*(.*?)\s*</dd>', html) == [told]


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        (Role.ADMIN, set()),
        (Role.AUDITOR, set()),
        (Role.HEAD_OFFICE, {"/admin/audit"}),
        (Role.SUPERVISOR, {s.path for s in SECTIONS} - {
            "/admin/cash-limits", "/admin/shifts", "/admin/stages",
            "/admin/value-lists", "/admin/contact-rules"}),
        (Role.AGENT, {s.path for s in SECTIONS}),
    ],
)  # fmt: skip
def test_who_finds_which_sections(role: Role, missing: set[str]) -> None:
    found = {section.path for section in sections_for(GRANTS[role])}
    assert {section.path for section in SECTIONS} - found == missing


def test_who_only_looks_finds_no_form_that_changes_anything() -> None:
    for role, has_forms in ((Role.ADMIN, True), (Role.AUDITOR, False)):
        found = tags(people(desk(role)))
        assert any("data-api" in at for _, at in found) is has_forms


def test_a_name_can_never_become_markup() -> None:
    who = Person(
        new_id(), new_id(), "HEAD", "Head", Role.ADMIN, None, "<img src=x>", "ines", None,
        State.WORKING, None, None, None, is_vouched=True, composed_permissions=None,
    )  # fmt: skip
    html = people(desk(), who)
    assert "<img src=x>" not in html
    assert "&lt;img src=x&gt;" in html


def test_the_page_speaks_the_readers_language() -> None:
    office = Office(NONCE, "Paula Soto", PLACES, locale="es-PE")
    assert 'lang="es-PE"' in people(desk(office=office))


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=70), "1 minute ago"),
        (timedelta(minutes=3), "3 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_how_long_ago_is_told_in_its_largest_unit(before: timedelta, words: str) -> None:
    told = time_ago(MONDAY_NINE - before, MONDAY_NINE, "America/Santiago", "en")
    assert f">{words}<" in told


def test_times_are_told_by_the_branchs_clock() -> None:
    told = local_time(MONDAY_NINE, "America/Santiago", "en-GB")
    assert ">23 Nov 2026, 09:00<" in told
    assert 'title="23 Nov 2026, 09:00:00 (America/Santiago)"' in told
