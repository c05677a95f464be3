"""What a rule says against a contact, at an instant and on a day; in words, or not at all.

`at_instant` and `on_day` are two readings of the same rules: the one for a contact that is made,
the other for planning. Tests hold them to each other.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from collection.gate.calendars import Local, holiday_on
from collection.gate.facts import FACT_WORDS, Attempt, CaseFacts, Contact
from collection.gate.kinds import (
    DAY_S,
    Conduct,
    Frequency,
    Holds,
    Holidays,
    Hours,
    Parties,
    PlaceKind,
    Places,
    Precondition,
    Quiet,
    Weekdays,
    clock,
    in_words,
)
from collection.gate.rule import Channel, CountsOn, Rule
from collection.gate.wall import Cell, day_span, wall
from core.said import say, say_all, say_many

Refused = tuple[int, int, str]
"""From when to before when (Unix seconds) a rule refuses, and in which words."""

PLURAL = {
    Channel.VISIT: say("visits"),
    Channel.CALL: say("calls"),
    Channel.SMS: say("text messages"),
    Channel.EMAIL: say("e-mails"),
    Channel.WHATSAPP: say("WhatsApp messages"),
    Channel.IVR: say("robot calls"),
    Channel.LETTER: say("letters"),
    Channel.APP_PUSH: say("app messages"),
}
WEEKDAYS = (
    say("Mondays"),
    say("Tuesdays"),
    say("Wednesdays"),
    say("Thursdays"),
    say("Fridays"),
    say("Saturdays"),
    say("Sundays"),
)


def at_instant(
    rule: Rule, facts: CaseFacts, contact: Contact, zone: str, at: datetime, local: Local
) -> str | None:
    """What a rule says against a contact at `at`, read by the clock of `zone`."""
    day, second = wall(zone, at)
    if not rule.body.is_effective(day):
        return None
    match rule.body.params:
        case Hours() as hours:
            words = _hours_at(hours, contact, day, second)
        case Holidays(calendar):
            words = _holiday_at(calendar, contact, day, second, local)
        case Frequency() as frequency:
            words = _frequency_at(rule, frequency, facts, contact, zone, at)
        case Quiet() as quiet:
            words = _quiet_at(rule, quiet, facts, zone, at)
        case _:
            words = refused_all_day(rule, facts, contact, day)
    return words


def _hours_at(hours: Hours, contact: Contact, day: date, second: float) -> str | None:
    is_open = hours.opens_s <= second < hours.closes_s
    is_meant = not hours.weekdays or day.isoweekday() in hours.weekdays
    return hours_words(hours, contact) if is_meant and not is_open else None


def _holiday_at(
    calendar: str, contact: Contact, day: date, second: float, local: Local
) -> str | None:
    holiday = holiday_on(calendar, day, local)
    if holiday is None or not holiday.closed_s[0] <= second < holiday.closed_s[1]:
        return None
    return _holiday_words(contact, day, holiday.name, holiday.closed_s)


def _frequency_at(
    rule: Rule, frequency: Frequency, facts: CaseFacts, contact: Contact, zone: str, at: datetime
) -> str | None:
    first = wall(zone, at)[0] - timedelta(days=frequency.days - 1)
    made = sum(
        _counts(each, rule) and each.at <= at and first <= wall(zone, each.at)[0]
        for each in facts.attempts
    )
    return None if made < frequency.most else _frequency_words(frequency, contact)


def _quiet_at(rule: Rule, quiet: Quiet, facts: CaseFacts, zone: str, at: datetime) -> str | None:
    for each in facts.attempts:
        begun = wall(zone, each.at)[0]
        is_over = wall(zone, at)[0] >= begun + timedelta(days=quiet.days)
        if _quietens(each, rule, quiet) and each.at <= at and not is_over:
            return _quiet_words(quiet, begun)
    return None


def on_day(
    rule: Rule, facts: CaseFacts, contact: Contact, zone: str, cells: Sequence[Cell], local: Local
) -> Iterator[Refused]:
    """When a rule refuses a contact within `cells`, the pieces of a day by the clock of `zone`."""
    for cell in cells:
        if not rule.body.is_effective(cell.day):
            continue
        match rule.body.params:
            case Hours() as hours:
                if not hours.weekdays or cell.day.isoweekday() in hours.weekdays:
                    words = hours_words(hours, contact)
                    yield from outside(cell, hours.opens_s, hours.closes_s, words)
            case Holidays(calendar):
                holiday = holiday_on(calendar, cell.day, local)
                if holiday is not None:
                    words = _holiday_words(contact, cell.day, holiday.name, holiday.closed_s)
                    begins_s, ends_s = holiday.closed_s
                    yield from _clipped(cell, cell.midnight + begins_s, cell.midnight + ends_s,
                                        words)  # fmt: skip
            case Frequency() as frequency:
                yield from _too_many(rule, frequency, facts, contact, zone, cell)
            case Quiet() as quiet:
                yield from _quiet(rule, quiet, facts, zone, cell)
            case _:
                refused = refused_all_day(rule, facts, contact, cell.day)
                if refused is not None:
                    yield cell.begin, cell.end, refused


def refused_all_day(rule: Rule, facts: CaseFacts, contact: Contact, day: date) -> str | None:
    """What a rule that knows no hours says against a contact on a local day."""
    match rule.body.params:
        case Weekdays(weekdays):
            if day.isoweekday() not in weekdays:
                return say(
                    "no {plural} on {weekdays}",
                    plural=PLURAL[contact.channel],
                    weekdays=WEEKDAYS[day.weekday()],
                )
        case Places() as places:
            return _place(places, facts, contact)
        case Parties(only):
            if contact.party not in only:
                return say("contact with {only} only", only=" or ".join(only))
        case Precondition(requires):
            missing = [FACT_WORDS[name] for name in requires if not facts.has(name, day)]
            if missing:
                return say("not on record: {missing}", missing=", ".join(missing))
        case Holds(kinds):
            for hold in facts.holds:
                if hold.kind in kinds and hold.first_day <= day <= hold.last_day:
                    return say(
                        "no {plural} during a hold for {value}",
                        plural=PLURAL[contact.channel],
                        value=hold.kind.value,
                    )
        case Conduct():
            pass
    return None


def outside(cell: Cell, opens_s: int, closes_s: int, words: str) -> Iterator[Refused]:
    """The parts of a cell before `opens_s` and from `closes_s` on, by the clock's day."""
    yield from _clipped(cell, cell.begin, cell.midnight + opens_s, words)
    yield from _clipped(cell, cell.midnight + closes_s, cell.end, words)


def hours_words(hours: Hours, contact: Contact) -> str:
    """How hours are told."""
    opens, closes = clock(hours.opens_s), clock(hours.closes_s)
    channel = PLURAL[contact.channel]
    if not hours.weekdays:
        return say(
            "{channel} only from {opens} to {closes}", channel=channel, opens=opens, closes=closes
        )
    return say(
        "{channel} only from {opens} to {closes} on {days}",
        channel=channel,
        opens=opens,
        closes=closes,
        days=say_all((WEEKDAYS[day - 1] for day in hours.weekdays), ", "),
    )


def _clipped(cell: Cell, begin: int, end: int, words: str) -> Iterator[Refused]:
    begin, end = max(begin, cell.begin), min(end, cell.end)
    if begin < end:
        yield begin, end, words


def _holiday_words(contact: Contact, day: date, name: str, closed_s: tuple[int, int]) -> str:
    from_s, to_s = closed_s
    channel = PLURAL[contact.channel]
    if (from_s, to_s) == (0, DAY_S):
        return say(
            "no {channel} on holidays: {day} is {name}",
            channel=channel,
            day=in_words(day),
            name=name,
        )
    return say(
        "no {channel} on holidays from {begin} to {end}: {day} is {name}",
        channel=channel,
        begin=clock(from_s),
        end=clock(to_s),
        day=in_words(day),
        name=name,
    )


def _counts(attempt: Attempt, rule: Rule) -> bool:
    """Whether an attempt is one of those that a rule counts: ours, on its channels."""
    body = rule.body
    return (
        not attempt.is_inbound
        and (not body.channels or attempt.channel in body.channels)
        and (attempt.is_same_account or body.counts_on is CountsOn.PERSON)
    )


def _quietens(attempt: Attempt, rule: Rule, quiet: Quiet) -> bool:
    """Whether quiet follows an attempt. A conversation counts whoever began it."""
    if not attempt.is_same_account and rule.body.counts_on is not CountsOn.PERSON:
        return False
    if quiet.after == "conversation":
        return attempt.is_conversation
    return _counts(attempt, rule)


def _too_many(
    rule: Rule, frequency: Frequency, facts: CaseFacts, contact: Contact, zone: str, cell: Cell
) -> Iterator[Refused]:
    first = cell.day - timedelta(days=frequency.days - 1)
    made = sorted(
        each.at.timestamp()
        for each in facts.attempts
        if _counts(each, rule) and first <= wall(zone, each.at)[0] <= cell.day
    )
    if len(made) >= frequency.most:
        begin = math.floor(made[frequency.most - 1])
        yield from _clipped(cell, begin, cell.end, _frequency_words(frequency, contact))


def _quiet(
    rule: Rule, quiet: Quiet, facts: CaseFacts, zone: str, cell: Cell
) -> Iterator[Refused]:  # fmt: skip
    for each in facts.attempts:
        if _quietens(each, rule, quiet):
            begun = wall(zone, each.at)[0]
            ends = day_span(zone, begun + timedelta(days=quiet.days))[0]
            begin = math.floor(each.at.timestamp())
            yield from _clipped(cell, begin, ends, _quiet_words(quiet, begun))


def _frequency_words(frequency: Frequency, contact: Contact) -> str:
    within = say_many("one day", "{count} days", frequency.days)
    return say(
        "at most {most} {plural} in {within}, and they were made",
        most=frequency.most,
        plural=PLURAL[contact.channel],
        within=within,
    )


def _quiet_words(quiet: Quiet, begun: date) -> str:
    return say(
        "{days} quiet days from the {after} of {begun} on",
        days=quiet.days,
        after=quiet.after,
        begun=in_words(begun),
    )


_PLACES = {
    PlaceKind.ON_FILE: say("at the address on file"),
    PlaceKind.DESIGNATED: say("at the designated place"),
    PlaceKind.ELSEWHERE: "elsewhere",
}


def _place(places: Places, facts: CaseFacts, contact: Contact) -> str | None:
    if contact.channel is not Channel.VISIT or contact.place in places.allowed:
        return None
    needed = places.home_after_missed
    if contact.place is PlaceKind.ON_FILE and needed is not None:
        if facts.missed is not None and facts.missed >= needed:
            return None
        there = (
            say("none is on record")
            if facts.missed is None
            else say("on record: {missed}", missed=facts.missed)
        )
        return say(
            "home visits only after {needed} meetings missed in a row; {there}",
            needed=needed,
            there=there,
        )
    return say(
        "visits only {allowed}", allowed=" or ".join(_PLACES[place] for place in places.allowed)
    )
