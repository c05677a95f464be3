"""Phones, policies, holidays, lists of values and contact rules: an administrator opens these to
see what holds at a branch and where that comes from, and to change it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from collection.field_notes.values.value_list import (
    LEVELS,
    MOST_LEVELS,
    Asks,
    Reaches,
    Topic,
    ValueList,
)
from collection.gate.rulebook.pack import Pack
from collection.gate.rulebook.read_body import body_json
from collection.gate.rulebook.store import RuleVersion
from collection.portfolio.arrears.rules.rule import ArrearsRule
from collection.portfolio.stages.visits import StageVisits
from core.money import Money
from identity.permission import Permission
from identity.policies.policy import AMOUNT, RULES, Rule
from identity.policies.store import PolicyView
from map_ui.administration.page import Desk, admin_page, told_weekday
from map_ui.administration.people_pages import Option
from map_ui.texts.language import LANGUAGES


def devices(
    desk: Desk,
    found: Sequence[Any],
    wanted: Any,
    *,
    vaults: Sequence[Any],
    branches: Sequence[Option],
    next_url: str | None,
) -> str:
    """The phones, and whose data is on which."""
    return admin_page(
        "devices.html", desk, "/admin/devices", devices=found, wanted=wanted, vaults=vaults,
        branches=branches, next_url=next_url,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A policy of a branch: what it is, where that comes from, and what it may be."""

    view: PolicyView
    rule: Rule

    def money(self, amount_minor: int) -> Money:
        """An amount of the branch, which this policy must be one of."""
        return Money(amount_minor, self.view.currency)

    @property
    def is_amount(self) -> bool:
        return self.rule.unit == AMOUNT

    @property
    def typed(self) -> Decimal:
        """The amount that holds, as one would type it: with as many decimals as there are."""
        return self.money(int(self.view.value)).units


def policies(
    desk: Desk,
    branch: str,
    views: Sequence[PolicyView],
    *,
    viewer_id: UUID,
    branches: Sequence[Option],
    q: str,
    source: str,
) -> str:
    """What holds at a branch, narrowed to what has `q` in its name or meaning, and its source.
    Who reads it confirms what others have set and waits for a second person."""
    lines = [
        PolicyLine(view, RULES[view.key])
        for view in views
        if q.casefold() in f"{view.key.replace('_', ' ')} {RULES[view.key].meaning}".casefold()
        and source in ("", view.source)
    ]
    return admin_page(
        "policies.html", desk, "/admin/policies", branch=branch, branches=branches, q=q,
        source=source, lines=lines, viewer_id=viewer_id,
    )  # fmt: skip


def stages(
    desk: Desk,
    branch: str,
    told: Sequence[tuple[StageVisits, bool]],
    *,
    branches: Sequence[Option],
) -> str:
    """What each stage of a case means for visits at a branch, and whether it says so itself."""
    return admin_page(
        "stages.html", desk, "/admin/stages", branch=branch, branches=branches, stages=told,
        may_set=Permission.ALLOCATION_ACT in desk.permissions,
    )  # fmt: skip


def arrears_rules(
    desk: Desk,
    branch: str,
    rules: Sequence[ArrearsRule],
    *,
    is_own: bool,
    branches: Sequence[Option],
    products: Mapping[str, str],
) -> str:
    """Who may be offered at a branch to pay in parts, and whether it says so itself; `products`
    are the names of product types by their codes."""
    return admin_page(
        "arrears_rules.html", desk, "/admin/arrears-rules", branch=branch, branches=branches,
        rules=[asdict(rule) for rule in rules], is_own=is_own, products=products,
    )  # fmt: skip


def holidays(
    desk: Desk,
    branch: str,
    found: Sequence[Any],
    *,
    days: Sequence[tuple[date, str]],
    calendar: str,
    country: str,
    year: int,
    branches: Sequence[Option],
) -> str:
    """The declared days that bind a branch in a year, and those of the calendar it goes by, each
    with the kind that it is declared to be, if it is."""
    declared: dict[date, str] = {}
    for one in found:
        if one.calendar == calendar:
            declared.setdefault(one.day, one.kind)  # the nearest branch's newest word
    return admin_page(
        "holidays.html", desk, "/admin/holidays", branch=branch, holidays=found, year=year,
        calendar=calendar, country=country, branches=branches,
        days=[(day, name, declared.get(day)) for day, name in days],
    )  # fmt: skip


def value_list(
    desk: Desk, branch: str, listed: ValueList, *, branches: Sequence[Option], is_own: bool
) -> str:
    """The list that holds at a branch today, in the order of its tree."""
    depth: dict[str, int] = {}
    for value in listed.values.values():
        depth[value.code] = depth[value.parent] + 1 if value.parent else 0
    return admin_page(
        "value_list.html", desk, "/admin/value-lists", branch=branch, branches=branches,
        listed=listed, depth=depth, topics=tuple(Topic), asks=tuple(Asks), is_own=is_own,
        reaches=tuple(Reaches), levels=LEVELS.get(listed.topic, MOST_LEVELS), languages=LANGUAGES,
    )  # fmt: skip


def contact_rules(
    desk: Desk,
    branch: str,
    rules: Sequence[RuleVersion],
    packs: Sequence[Pack],
    *,
    branches: Sequence[Option],
) -> str:
    """The rules that bind a branch, and the packs that can be loaded."""
    return admin_page(
        "contact_rules.html", desk, "/admin/contact-rules", branch=branch, branches=branches,
        rules=rules, packs=packs,
    )  # fmt: skip


def contact_rule(desk: Desk, versions: Sequence[RuleVersion]) -> str:
    """One rule with its history, the newest version first."""
    return admin_page(
        "contact_rule.html", desk, "/admin/contact-rules", rule=versions[0], versions=versions,
        said=body_json(versions[0].rule.body),
        weekday=partial(told_weekday, locale=desk.office.locale),
    )  # fmt: skip
