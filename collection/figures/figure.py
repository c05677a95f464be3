"""Figures: what leaders read, each defined once, as a sum of measures or a ratio of sums."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from collection.figures.measure import COLLECTED, LEVELS, Measure
from core.errors import InvalidField
from core.said import say


class Unit(StrEnum):
    """What a value is: minor units, a count, a share (1 is all), meters, or a plain number."""

    MONEY = "money"
    COUNT = "count"
    SHARE = "share"
    DISTANCE = "distance"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: the measures that add up to it, over those of `over` where it is a ratio.

    `words` is its definition for readers. Only a sum of flows may have a target.
    """

    name: str
    label: str
    unit: Unit
    words: str
    of: tuple[Measure, ...]
    over: tuple[Measure, ...] = ()
    has_target: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All that it is made of."""
        return self.of + self.over

    @property
    def is_level(self) -> bool:
        """Whether it stands at the end of a day, so that days do not add up to months."""
        return not self.over and any(measure in LEVELS for measure in self.of)

    def value(self, sums: Mapping[str, int]) -> int | float | None:
        """The figure of these sums; None for a ratio to nothing, and where no way was measured."""
        top = sum(sums[measure] for measure in self.of)
        if self.unit is Unit.DISTANCE and not top:
            return None
        if not self.over:
            return top
        bottom = sum(sums[measure] for measure in self.over)
        return top / bottom if bottom else None


_SETTLED = (Measure.PROMISES_KEPT, Measure.PROMISES_PART_KEPT, Measure.PROMISES_BROKEN)
_MONEY, _COUNT, _SHARE = Unit.MONEY, Unit.COUNT, Unit.SHARE

FIGURES: Mapping[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("collected", "Collected", _MONEY,
               "receipts by the day they were taken, less those undone, by the day they were",
               COLLECTED, has_target=True),
        *(
            Figure(f"collected_{measure.split('_')[1]}", f"Collected: {label}", _MONEY,
                   f"the part of it that came as {label}", (measure,))
            for measure, label in zip(
                COLLECTED,
                ("cash", "card", "bank transfer", "UPI", "cheque", "mobile money"),
                strict=True,
            )
        ),
        Figure("receipts", "Receipts", _COUNT, "how many receipts, less those undone",
               (Measure.RECEIPTS,), has_target=True),
        Figure("demand", "Demand", _MONEY, "what falls due on the day, by its due date",
               (Measure.DEMAND,)),
        Figure("collection_efficiency", "Collection efficiency", _SHARE,
               "paid on demands of the month of payment ÷ demand",
               (Measure.PAID_CURRENT,), (Measure.DEMAND,)),
        Figure("collection_efficiency_with_arrears", "Efficiency with arrears", _SHARE,
               "paid on demands of the month of payment and of months before ÷ demand",
               (Measure.PAID_CURRENT, Measure.PAID_ARREARS), (Measure.DEMAND,)),
        Figure("overdue", "Overdue", _MONEY,
               "what is due and unpaid on open cases, at the end of the last day",
               (Measure.OVERDUE,)),
        Figure("cases", "Open cases", _COUNT, "open cases at the end of the last day",
               (Measure.CASES,)),
        Figure("cases_late", "Late cases", _COUNT,
               "open cases with days past due at the end of the last day", (Measure.CASES_LATE,)),
        Figure("recovered", "Recovered", _MONEY,
               "paid on demands of months before the month of payment", (Measure.PAID_ARREARS,),
               has_target=True),
        Figure("recovery_rate", "Recovery rate", _SHARE,
               "recovered ÷ (recovered + overdue at the end): of all arrears, what came in",
               (Measure.PAID_ARREARS,), (Measure.PAID_ARREARS, Measure.OVERDUE)),
        Figure("promises_made", "Promises made", _COUNT, "promises to pay, by the day made",
               (Measure.PROMISES_MADE,), has_target=True),
        Figure("promised", "Promised", _MONEY, "the amounts of these promises",
               (Measure.PROMISED,)),
        Figure("promises_kept", "Promises kept", _COUNT,
               "promises paid in full within date and grace, by the day settled",
               (Measure.PROMISES_KEPT,)),
        Figure("promises_part_kept", "Promises part kept", _COUNT,
               "promises paid in part when date and grace were over",
               (Measure.PROMISES_PART_KEPT,)),
        Figure("promises_broken", "Promises broken", _COUNT,
               "promises of which nothing came until date and grace were over",
               (Measure.PROMISES_BROKEN,)),
        Figure("promises_kept_rate", "Promises kept, rate", _SHARE,
               "kept ÷ all settled (kept, part kept, broken)", (Measure.PROMISES_KEPT,), _SETTLED),
        Figure("promises_broken_rate", "Promises broken, rate", _SHARE, "broken ÷ all settled",
               (Measure.PROMISES_BROKEN,), _SETTLED),
        Figure("promises_paid_rate", "Promises paid, by value", _SHARE,
               "paid on settled promises ÷ their amounts",
               (Measure.PROMISES_PAID,), (Measure.PROMISES_SETTLED,)),
        Figure("visits_planned", "Visits planned", _COUNT, "visits in the rounds of the day",
               (Measure.VISITS_PLANNED,)),
        Figure("visits_done", "Visits done", _COUNT, "stays at customers that pings show",
               (Measure.VISITS_DONE,), has_target=True),
        Figure("visits_verified", "Visits verified", _COUNT, "of these, those with this verdict",
               (Measure.VISITS_VERIFIED,), has_target=True),
        Figure("round_kept_rate", "Rounds kept", _SHARE, "planned visits that were made ÷ planned",
               (Measure.VISITS_AS_PLANNED,), (Measure.VISITS_PLANNED,)),
        Figure("verified_rate", "Verified, rate", _SHARE, "visits verified ÷ visits done",
               (Measure.VISITS_VERIFIED,), (Measure.VISITS_DONE,)),
        Figure("productive_rate", "Productive, rate", _SHARE,
               "visits with a receipt or a promise on the same day ÷ visits done",
               (Measure.VISITS_PRODUCTIVE,), (Measure.VISITS_DONE,)),
        Figure("agent_days", "Agent days", _COUNT, "agents with a shift, dropped-out ones too",
               (Measure.AGENT_DAYS,)),
        Figure("visits_per_agent_day", "Visits per agent day", Unit.NUMBER,
               "visits done ÷ agent days", (Measure.VISITS_DONE,), (Measure.AGENT_DAYS,)),
        Figure("collected_per_visit", "Collected per visit", _MONEY, "collected ÷ visits done",
               COLLECTED, (Measure.VISITS_DONE,)),
        Figure("distance", "Way ridden", Unit.DISTANCE,
               "along the pings of each minute; known when the day has ended", (Measure.RIDDEN,)),
        Figure("distance_per_visit", "Way per visit", Unit.DISTANCE,
               "way ridden ÷ visits done, of days that have ended",
               (Measure.RIDDEN,), (Measure.VISITS_MEASURED,)),
        Figure("in_hand", "Cash in hand", _MONEY, "in agents' tills at the end of the last day",
               (Measure.IN_HAND,)),
        Figure("deposited", "Deposited", _MONEY,
               "deposits by their day, less those sent back, by the day they were",
               (Measure.DEPOSITED,), has_target=True),
        Figure("cost", "Cost", _MONEY, "costs that were entered, spread over the days of a month",
               (Measure.COST,)),
        Figure("cost_per_receipt", "Cost per receipt", _MONEY, "cost ÷ receipts",
               (Measure.COST,), (Measure.RECEIPTS,)),
        Figure("cost_share", "Cost of what was collected", _SHARE, "cost ÷ collected",
               (Measure.COST,), COLLECTED),
        Figure("cost_per_case", "Cost per case", _MONEY, "cost ÷ open cases",
               (Measure.COST,), (Measure.CASES,)),
    )
}  # fmt: skip
"""Every figure by its name, in the order that readers get them."""

TARGETED = tuple(figure.name for figure in FIGURES.values() if figure.has_target)
"""What targets can be set for."""


def chosen(names: Iterable[str]) -> tuple[Figure, ...]:
    """These figures; all of them for no names. Raises `InvalidField` for a name of none."""
    wanted = tuple(dict.fromkeys(names))
    unknown = next((name for name in wanted if name not in FIGURES), None)
    if unknown is not None:
        raise InvalidField(
            "figures", say("names such as {figures}", figures=", ".join(list(FIGURES)[:3]))
        )
    return tuple(FIGURES[name] for name in wanted) or tuple(FIGURES.values())
