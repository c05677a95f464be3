"""Ask all rules of a case. Every one must agree: the most restrictive wins, in whatever order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from collection.gate.calendars import Local
from collection.gate.facts import CaseFacts, Contact
from collection.gate.hit import Closed, Hit
from collection.gate.hours import ContactHours
from collection.gate.kinds import KINDS, Kind
from collection.gate.narrowing import branch_hours, own_hits, personal
from collection.gate.refusals import at_instant, on_day
from collection.gate.rule import Effect, Rule, Status, ZoneBasis, source_of
from collection.gate.wall import cells, day_span, wall

OF_TIME = frozenset({Kind.HOURS, Kind.WEEKDAY, Kind.HOLIDAY})
OF_DAYS = OF_TIME | {Kind.HOLD}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules that bind a branch, and its declared holidays."""

    rules: tuple[Rule, ...] = ()
    local: Local | None = None


def hits_at(book: Rulebook, facts: CaseFacts, contact: Contact, at: datetime) -> tuple[Hit, ...]:
    """All that is against a contact at an instant, warnings too; the first named first."""
    found = list(own_hits(facts, contact, at))
    for rule in _asked(book, facts, contact):
        for zone in _zones(rule, facts):
            words = at_instant(rule, facts, contact, zone, at, book.local or {})
            if words is not None and not _is_lifted(rule, facts, wall(zone, at)[0]):
                found.append(_hit(rule, words))
                break
    return tuple(sorted(found, key=lambda hit: hit.rank))


def day_hours(
    book: Rulebook,
    facts: CaseFacts,
    contact: Contact,
    day: date,
    shared: dict[Any, list[Closed]] | None = None,
) -> ContactHours:
    """When a contact may take place on a local day of the branch.

    `shared` keeps what cases have in common; give the same one for cases of the same rulebook.
    """
    begin, end = day_span(facts.zone, day)
    closed = _common(book, facts, contact, begin, end, {} if shared is None else shared)
    own = [each for each in _personal(book, facts, contact, begin, end) if each[2].refuses]
    if not own:
        return _hours(begin, end, closed)
    return _hours(begin, end, closed + own)


def day_refusals(book: Rulebook, facts: CaseFacts, contact: Contact, day: date) -> tuple[Hit, ...]:
    """Why nothing of a local day is left open: what closes it alone, else all together; nothing
    when something is left."""
    begin, end = day_span(facts.zone, day)
    closed = _common(book, facts, contact, begin, end, {})
    closed = closed + [c for c in _personal(book, facts, contact, begin, end) if c[2].refuses]
    if _is_left(begin, end, closed):
        return ()
    return _why(begin, end, closed)


def refuses(hits: Sequence[Hit]) -> bool:
    """Whether these hits forbid a contact."""
    return any(hit.refuses for hit in hits)


def _asked(book: Rulebook, facts: CaseFacts, contact: Contact) -> Iterator[Rule]:
    """The rules that apply. What is unknown of a case is taken to be what a rule is about."""
    for rule in book.rules:
        body = rule.body
        if (
            body.status is Status.IN_FORCE
            and body.jurisdiction[:2] == facts.country
            and (not body.channels or contact.channel in body.channels)
            and (facts.product_class is None or not body.product_classes
                 or facts.product_class in body.product_classes)
            and (facts.actor_class is None or not body.actor_classes
                 or facts.actor_class in body.actor_classes)
        ):  # fmt: skip
            yield rule


def _zones(rule: Rule, facts: CaseFacts) -> tuple[str, ...]:
    return facts.zones if rule.body.tz_basis is ZoneBasis.ALL_CANDIDATES else (facts.zone,)


def _is_lifted(rule: Rule, facts: CaseFacts, day: date) -> bool:
    wanted = {Effect.REQUIRE_OVERRIDE: "override", Effect.REQUIRE_EVIDENCE: "evidence"}
    name = wanted.get(rule.body.effect)
    return name is not None and facts.has(name, day, rule.body.code)


def _hit(rule: Rule, words: str) -> Hit:
    body = rule.body
    told = f"{words} ({source_of(body)})"
    kind = KINDS[type(body.params)].value
    return Hit(body.code, kind, body.effect, told, rule.id, rule.version, body.precedence)


def _common(
    book: Rulebook,
    facts: CaseFacts,
    contact: Contact,
    begin: int,
    end: int,
    shared: dict[Any, list[Closed]],
) -> list[Closed]:
    """What the rules of hours and days close, and the branch's own hours: alike for many cases."""
    key = (
        facts.zone, facts.zones, facts.country, facts.product_class, facts.actor_class,
        facts.opens_s, facts.closes_s, contact, begin, end,
    )  # fmt: skip
    if key not in shared:
        closed = list(branch_hours(facts, contact, cells(facts.zone, begin, end)))
        for rule in _asked(book, facts, contact):
            if _is_common(rule):
                closed += _closed(rule, book, facts, contact, begin, end)
        shared[key] = [each for each in closed if each[2].refuses]
    return shared[key]


def _is_common(rule: Rule) -> bool:
    return KINDS[type(rule.body.params)] in OF_TIME and rule.body.effect in (
        Effect.BLOCK, Effect.WARN
    )  # fmt: skip


def _personal(
    book: Rulebook, facts: CaseFacts, contact: Contact, begin: int, end: int
) -> Iterator[Closed]:
    for rule in _asked(book, facts, contact):
        if not _is_common(rule):
            yield from _closed(rule, book, facts, contact, begin, end)
    yield from personal(facts, contact, begin, end)


def _closed(
    rule: Rule, book: Rulebook, facts: CaseFacts, contact: Contact, begin: int, end: int
) -> Iterator[Closed]:
    for zone in _zones(rule, facts):
        for piece in cells(zone, begin, end):
            if _is_lifted(rule, facts, piece.day):
                continue
            for one in on_day(rule, facts, contact, zone, (piece,), book.local or {}):
                yield one[0], one[1], _hit(rule, one[2])


def _hours(begin: int, end: int, closed: Sequence[Closed]) -> ContactHours:
    windows, at = [], begin
    for since, until, _ in sorted(closed, key=lambda each: each[:2]):
        if since > at:
            windows.append((at - begin, since - begin))
        at = max(at, until)
    if at < end:
        windows.append((at - begin, end - begin))
    if windows:
        return ContactHours(tuple(windows))
    return ContactHours((), _barred(begin, end, closed))


def _barred(begin: int, end: int, closed: Sequence[Closed]) -> str:
    """Why a day is closed, in words: the first of what closes it alone, or else all together."""
    why = _why(begin, end, closed)
    alone = not _is_left(begin, end, [each for each in closed if _key(each[2]) == _key(why[0])])
    return why[0].words if alone else "; ".join(dict.fromkeys(hit.words for hit in why))


def _why(begin: int, end: int, closed: Sequence[Closed]) -> tuple[Hit, ...]:
    by_name: dict[tuple[str, UUID | None], list[Closed]] = {}
    for each in sorted(closed, key=lambda c: c[2].rank):
        by_name.setdefault(_key(each[2]), []).append(each)
    alone = [its for its in by_name.values() if not _is_left(begin, end, its)]
    return tuple(its[0][2] for its in alone or by_name.values())


def _key(hit: Hit) -> tuple[str, UUID | None]:
    return hit.code, hit.rule_id


def _is_left(begin: int, end: int, closed: Sequence[Closed]) -> bool:
    at = begin
    for since, until, _ in sorted(closed, key=lambda each: each[:2]):
        if since > at:
            return True
        at = max(at, until)
    return at < end
