"""What a re-planned round changes against the one in force, as data and in words."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.said import say, say_many

NOTICEABLE = timedelta(minutes=5)
"""A begin that moves by less is not worth a word: arrival times swing as much by themselves."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that a round has still to make."""

    case_id: UUID
    customer: str
    begins_at: datetime


@dataclass(frozen=True, slots=True)
class Dropped:
    """A visit that the new round leaves out, and why."""

    case_id: UUID
    customer: str
    begins_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Shifted:
    """A visit that both rounds make, at other times. `was_nth` and `nth` count from 1."""

    case_id: UUID
    customer: str
    was_nth: int
    nth: int
    was_at: datetime
    begins_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """`moved` changed their place among the visits that stay, `retimed` only their time (by
    `NOTICEABLE` or more). `travel_saved_s` compares with making the former round's remaining
    visits in their order from the same place; negative when the new round travels more."""

    added: tuple[Visit, ...]
    dropped: tuple[Dropped, ...]
    moved: tuple[Shifted, ...]
    retimed: tuple[Shifted, ...]
    travel_saved_s: int
    words: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether the same visits are made in the same order."""
        return not (self.added or self.dropped or self.moved)


def difference(
    former: Sequence[Visit],
    new: Sequence[Visit],
    why_not: Mapping[UUID, str],
    travel_saved_s: int,
) -> Difference:
    """From the remaining visits in force to those proposed. `why_not` tells of dropped cases why.

    As few visits as possible count as moved: all but a longest common subsequence.
    """
    was = {visit.case_id: (nth, visit) for nth, visit in enumerate(former, 1)}
    is_ = {visit.case_id: (nth, visit) for nth, visit in enumerate(new, 1)}
    stay = [visit.case_id for visit in new if visit.case_id in was]
    kept = {stay[at] for at in longest_rise([was[case_id][0] for case_id in stay])}
    shifted = [
        Shifted(case_id, visit.customer, was[case_id][0], nth, was[case_id][1].begins_at,
                visit.begins_at)
        for case_id, (nth, visit) in is_.items() if case_id in was
    ]  # fmt: skip
    added = tuple(visit for visit in new if visit.case_id not in was)
    dropped = tuple(
        Dropped(v.case_id, v.customer, v.begins_at, why_not.get(v.case_id, GONE))
        for v in former
        if v.case_id not in is_
    )
    moved = tuple(each for each in shifted if each.case_id not in kept)
    retimed = tuple(
        each
        for each in shifted
        if each.case_id in kept and abs(each.begins_at - each.was_at) >= NOTICEABLE
    )
    words = (*_words(added, dropped, moved, retimed), *_travel(travel_saved_s))
    return Difference(added, dropped, moved, retimed, travel_saved_s, words)


GONE = say("it needs no visit today any more")


def longest_rise(numbers: Sequence[int]) -> list[int]:
    """Places of a longest rising subsequence (patience sorting; the numbers differ)."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for at, number in enumerate(numbers):
        pile = bisect_left(tails, number)
        before.append(tail_at[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(number)
            tail_at.append(at)
        else:
            tails[pile], tail_at[pile] = number, at
    found, at = [], tail_at[-1] if tail_at else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]


def _words(
    added: Sequence[Visit],
    dropped: Sequence[Dropped],
    moved: Sequence[Shifted],
    retimed: Sequence[Shifted],
) -> list[str]:
    words: list[str] = [
        say("Visits {customer} as well.", customer=visit.customer) for visit in added
    ]
    words += [
        say("Leaves out {customer}: {why}.", customer=each.customer, why=each.why)
        for each in dropped
    ]
    words += [
        say(
            "Makes {customer} stop {nth} instead of {was_nth}.",
            customer=each.customer,
            nth=each.nth,
            was_nth=each.was_nth,
        )
        for each in moved
    ]
    later = [each for each in retimed if each.begins_at > each.was_at]
    for these, how in (
        (later, say("later")),
        ([e for e in retimed if e not in later], say("earlier")),
    ):
        if these:
            most = max(abs(each.begins_at - each.was_at) for each in these)
            words.append(
                say_many(
                    "{count} visit up to {minutes} min {how}.",
                    "{count} visits up to {minutes} min {how}.",
                    len(these),
                    minutes=round(most.total_seconds() / 60),
                    how=how,
                )
            )
    return words


def _travel(saved_s: int) -> list[str]:
    minutes = round(abs(saved_s) / 60)
    if not minutes:
        return []
    how = say("less") if saved_s > 0 else say("more")
    told: str = say("{minutes} min {how} on the way.", minutes=minutes, how=how)
    return [told]
