"""What narrows contact beside the rules: the branch's own hours, preferences, holds, tags.

None of it can widen what rules leave open.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from collection.gate.facts import CaseFacts, Contact, Hold, Preference, Tagged
from collection.gate.hit import Closed, Hit
from collection.gate.kinds import Hours, Kind, clock
from collection.gate.refusals import PLURAL, WEEKDAYS, Refused, hours_words, outside
from collection.gate.rule import Effect
from collection.gate.wall import Cell, cells, wall
from core.said import say

BRANCH_HOURS, PREFERENCE, HOLD, TAG = "BRANCH-HOURS", "PREFERENCE", "HOLD", "TAG"
"""The names that hits have which are no rule's."""


def branch_hours(facts: CaseFacts, contact: Contact, day: Sequence[Cell]) -> Iterator[Closed]:
    """When the branch's own hours close `day`, the pieces of it by the branch's clock."""
    hit = _branch_hit(facts, contact)
    for cell in day:
        for begin, end, _ in outside(cell, facts.opens_s, facts.closes_s, hit.words):
            yield begin, end, hit


def _branch_hit(facts: CaseFacts, contact: Contact) -> Hit:
    words = say(
        "{hours} (the branch's own hours)",
        hours=hours_words(Hours(facts.opens_s, facts.closes_s), contact),
    )
    return Hit(BRANCH_HOURS, Kind.HOURS.value, Effect.BLOCK, words)


def own_hits(facts: CaseFacts, contact: Contact, at: datetime) -> Iterator[Hit]:
    """What is against a contact at an instant beside the rules."""
    day, second = wall(facts.zone, at)
    if not facts.opens_s <= second < facts.closes_s:
        yield _branch_hit(facts, contact)
    for preference in facts.preferences:
        for zone in facts.zones:
            its_day, its_second = wall(zone, at)
            words = _unwanted(preference, contact, its_day)
            if words is None and _binds(preference, contact, its_day):
                is_open = preference.not_before_s <= its_second < preference.not_after_s
                words = None if is_open else _wanted_hours(preference, contact)
            if words is not None:
                yield _preference_hit(words)
                break
    for hold in facts.holds:
        if hold.first_day <= day <= hold.last_day:
            yield _held(hold)
    for tagged in facts.tags:
        if day <= tagged.last_day:
            yield _kept_away(tagged)


def personal(facts: CaseFacts, contact: Contact, begin: int, end: int) -> Iterator[Closed]:
    """When preferences, holds and tags close the time from `begin` to before `end`."""
    for zone in facts.zones if facts.preferences else ():
        for cell in cells(zone, begin, end):
            for preference in facts.preferences:
                yield from _preferred(preference, contact, cell)
    for cell in cells(facts.zone, begin, end) if facts.holds else ():
        for hold in facts.holds:
            if hold.first_day <= cell.day <= hold.last_day:
                yield cell.begin, cell.end, _held(hold)
    for cell in cells(facts.zone, begin, end) if facts.tags else ():
        for tagged in facts.tags:
            if cell.day <= tagged.last_day:
                yield cell.begin, cell.end, _kept_away(tagged)


def _preferred(preference: Preference, contact: Contact, cell: Cell) -> Iterator[Closed]:
    if not _binds(preference, contact, cell.day):
        return
    words = _unwanted(preference, contact, cell.day)
    parts: Iterator[Refused] = (
        outside(cell, preference.not_before_s, preference.not_after_s,
                _wanted_hours(preference, contact))
        if words is None
        else iter(((cell.begin, cell.end, words),))
    )  # fmt: skip
    for begin, end, told in parts:
        yield begin, end, _preference_hit(told)


def _binds(preference: Preference, contact: Contact, day: date) -> bool:
    is_meant = not preference.channels or contact.channel in preference.channels
    return is_meant and preference.first_day <= day <= preference.last_day


def _unwanted(preference: Preference, contact: Contact, day: date) -> str | None:
    if not _binds(preference, contact, day):
        return None
    channel = PLURAL[contact.channel]
    if preference.is_opted_out:
        return say("the customer asked for no {channel}", channel=channel)
    if contact.place in preference.places_banned:
        return say(
            "the customer asked for no {channel} at this place ({place})",
            channel=channel,
            place=contact.place.value,
        )
    if preference.weekdays and day.isoweekday() not in preference.weekdays:
        return say(
            "the customer asked for no {channel} on {weekday}",
            channel=channel,
            weekday=WEEKDAYS[day.weekday()],
        )
    return None


def _wanted_hours(preference: Preference, contact: Contact) -> str:
    between = say(
        "{begin} to {end}", begin=clock(preference.not_before_s), end=clock(preference.not_after_s)
    )
    return say(
        "the customer asked for {channel} from {between} only",
        channel=PLURAL[contact.channel],
        between=between,
    )


def _preference_hit(words: str) -> Hit:
    return Hit(PREFERENCE, "preference", Effect.BLOCK, say("{words} (on record)", words=words))


def _held(hold: Hold) -> Hit:
    kind = hold.kind.value
    words = (
        say("left alone for {kind} (on record)", kind=kind)
        if hold.last_day == date.max
        else say("left alone for {kind} until {day} (on record)", kind=kind, day=hold.last_day)
    )
    return Hit(HOLD, "hold", Effect.BLOCK, words)


def _kept_away(tagged: Tagged) -> Hit:
    words = (
        say("tagged {tag}: kept from everybody", tag=tagged.word)
        if tagged.last_day == date.max
        else say(
            "tagged {tag}: kept from everybody until {day}", tag=tagged.word, day=tagged.last_day
        )
    )
    return Hit(TAG, "tag", Effect.BLOCK, words)
