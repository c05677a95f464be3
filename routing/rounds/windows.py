"""When a case may be visited, and why it may not: wishes, promises and orders taken together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from routing.instructions.instruction import ORDERED, Kind
from routing.planner.problem import ALL_DAY, Window
from routing.rounds.facts import AgentDay, CaseToVisit


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the time of a visit. `wish` is what the customer, a promise or an
    order asks for.

    `barred` says why the case may not be visited at all; `clash` why its times leave none.
    """

    windows: tuple[Window, ...]
    contact_hours: tuple[Window, ...]
    wish: Window | None
    barred: str | None
    clash: str | None
    must_visit: bool


def asked(day: AgentDay, case: CaseToVisit) -> Asked:
    """The windows of a case on a day.

    A time that a supervisor ordered goes before the customer's wish and a promised hour; the
    contact gate goes before everything.
    """
    order = case.instruction.instruction if case.instruction else None
    contact_hours = tuple(Window(from_s, to_s) for from_s, to_s in case.hours.windows)
    named = _ordered(day, case) or _wished(day, case)
    wish = _common(window for _, window in named)
    windows = () if wish is not None and wish.from_s > wish.to_s else (wish or ALL_DAY,)
    barred = case.hours.barred
    if order and order.kind is Kind.DO_NOT_VISIT and case.instruction:
        barred = f"{case.instruction.made_by_name} ordered not to visit: {order.reason}"
    return Asked(
        windows=windows,
        contact_hours=contact_hours,
        wish=wish if windows else None,
        barred=barred,
        clash=_clash(day, case, named, windows, contact_hours),
        must_visit=order is not None and order.kind in ORDERED,
    )


def ordered(case: CaseToVisit) -> str | None:
    """What a supervisor ordered for a case, in words."""
    if case.instruction is None:
        return None
    its = case.instruction
    what = {
        Kind.MUST_VISIT: "must be visited",
        Kind.KEEP_AS_PLANNED: "keeps its planned time",
        Kind.NEXT_STOP: "goes first",
        Kind.FIXED_TIME: "has a fixed time",
        Kind.DO_NOT_VISIT: "is not to be visited",
    }[its.instruction.kind]
    return f"{what} ({its.made_by_name}: {its.instruction.reason})"


Named = list[tuple[str, Window]]


def _ordered(day: AgentDay, case: CaseToVisit) -> Named:
    order = case.instruction.instruction if case.instruction else None
    window = order.window() if order else None
    if order is None or window is None:
        return []
    return [("the ordered time", Window(day.second(window[0]), day.second(window[1])))]


def _wished(day: AgentDay, case: CaseToVisit) -> Named:
    hours: tuple[tuple[str, time | None, time | None], ...] = (
        ("the customer's hours", case.preferred_from, case.preferred_to),
        ("the promised hours", case.promise_from, case.promise_to),
    )
    return [
        (name, Window(day.clock_s(from_time or time()), day.clock_s(to_time or time(23, 59, 59))))
        for name, from_time, to_time in hours
        if from_time or to_time
    ]


def _common(windows: Iterable[Window]) -> Window | None:
    """What all windows have in common; None where there is none of them."""
    found = list(windows)
    if not found:
        return None
    return Window(max(w.from_s for w in found), min(w.to_s for w in found))


def _clash(
    day: AgentDay,
    case: CaseToVisit,
    named: Named,
    windows: tuple[Window, ...],
    contact_hours: tuple[Window, ...],
) -> str | None:
    told = " and ".join(
        f"{name} {day.clock(window.from_s)}–{day.clock(window.to_s)}" for name, window in named
    )
    if not windows:
        return f"{told} have no time in common"
    if not contact_hours:
        return None
    fits = any(
        max(w.from_s, h.from_s) <= min(w.to_s, h.to_s - case.service_s)
        for w in windows
        for h in contact_hours
    )
    if fits:
        return None
    hours = ", ".join(f"{day.clock(h.from_s)}–{day.clock(h.to_s)}" for h in contact_hours)
    if not named:
        return f"a visit takes longer than the contact hours {hours} last"
    return f"{told} leave no time for a visit within the contact hours {hours}"
