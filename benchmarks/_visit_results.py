"""Figures of visit days: one day's, and what they add up to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks._visit_day import CELLS, VisitDay, visit_day
from benchmarks._visit_oracle import oracle
from benchmarks._visit_ours import detected, told
from benchmarks._visit_rivals import RULES, rivals
from benchmarks._visit_score import Found, Tally, drive_bys_called, matches, tally, wrong_doors
from benchmarks._visit_streets import City, demo_city

OURS, OURS_NO_PLAN = "ours", "ours, plan hidden"
ORACLE, ORACLE_NO_PLAN = "oracle", "oracle, plan hidden"
CELL_VISITS = 300
"""Cells with fewer visits say nothing about the worst margin."""

TIMED_S = 30.0
"""Times at the door are compared where the phone looks at least so often."""


@dataclass(frozen=True, slots=True)
class DayResult:
    """One day: tallies by who reported, seconds by which our arrivals are off (early is negative),
    and counts of what else is asked."""

    cell: int
    tallies: Mapping[str, Tally]
    t_in_s: tuple[float, ...]
    counts: Mapping[str, int]


def measured(cell: int, seed: int, number: int) -> DayResult:
    """Live one day in the demo city, and let everybody report it."""
    return measured_on(demo_city(), cell, seed, number)


def measured_on(city: City, cell: int, seed: int, number: int) -> DayResult:
    """The same in any city."""
    day = visit_day(city, CELLS[cell], (seed, cell, number))
    ours = told(day, detected(day))
    reports = rivals(day) | {
        OURS: ours,
        OURS_NO_PLAN: told(day, detected(day, with_plan=False)),
        ORACLE: oracle(day),
        ORACLE_NO_PLAN: oracle(day, with_plan=False),
    }
    return DayResult(
        cell,
        {name: tally(found, day.visits) for name, found in reports.items()},
        _t_in_s(day, ours),
        _counts(day, ours),
    )


def _t_in_s(day: VisitDay, ours: list[Found]) -> tuple[float, ...]:
    if day.cell.sampling_s > TIMED_S:
        return ()
    pairs = matches(ours, day.visits)
    return tuple(ours[row].began_at - day.visits[column].began_at for row, column in pairs)


def _counts(day: VisitDay, ours: list[Found]) -> dict[str, int]:
    right = {row for row, _ in matches(ours, day.visits)}
    sure = {row for row, found in enumerate(ours) if found.verified}
    return {
        "pings": len(day.pings),
        "drive_bys": len(day.life.drive_bys),
        "drive_bys_called": drive_bys_called(ours, day.visits, day.life.drive_bys),
        "verified": len(sure),
        "verified_right": len(sure & right),
        "next_door": sum(visit.meant >= 0 for visit in day.visits),
        "wrong_doors": wrong_doors(ours, day.visits),
    }


@dataclass(slots=True)
class Results:
    """Days added up, by cell."""

    tallies: dict[tuple[str, int], Tally] = field(default_factory=lambda: defaultdict(Tally))
    t_in_s: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    days: int = 0

    @classmethod
    def of(cls, days: Iterable[DayResult]) -> "Results":
        """The sum of these days."""
        results = cls()
        for day in days:
            results.days += 1
            results.t_in_s += day.t_in_s
            results.counts.update(day.counts)
            for name, part in day.tallies.items():
                results.tallies[name, day.cell] += part
        return results

    def f1(self, name: str) -> float:
        """Over all cells, visits counted alike."""
        cells = sorted({cell for _, cell in self.tallies})
        return sum((self.tallies[name, cell] for cell in cells), Tally()).f1

    def best_rival(self) -> str:
        """The rule with the highest F1 over all cells."""
        return max(RULES, key=self.f1)

    def cells(self) -> list[dict[str, Any]]:
        """A row per cell; `margin` is over the best rule there, whichever it is."""
        rows = []
        for cell in sorted({cell for _, cell in self.tallies}):
            f1 = {name: self.tallies[name, cell].f1 for name, at in self.tallies if at == cell}
            best = max(RULES, key=lambda rule: f1[rule])
            rows.append(
                {
                    "cell": CELLS[cell].name,
                    "visits": self.tallies[OURS, cell].true,
                    "f1": round(f1[OURS], 4),
                    "f1_no_plan": round(f1[OURS_NO_PLAN], 4),
                    "rival_f1": round(f1[best], 4),
                    "rival": best,
                    "oracle_f1": round(f1[ORACLE], 4),
                    "margin": round(f1[OURS] - f1[best], 4),
                }
            )
        return rows

    def figures(self) -> dict[str, Any]:
        """The figures by key; None where the days held nothing to measure."""
        rival = self.f1(self.best_rival())
        off_s = np.abs(self.t_in_s)
        count = self.counts
        large = [row["margin"] for row in self.cells() if row["visits"] >= CELL_VISITS]
        true = sum(part.true for (name, _), part in self.tallies.items() if name == OURS)
        return {
            "f1": round(self.f1(OURS), 4),
            "f1_no_plan": round(self.f1(OURS_NO_PLAN), 4),
            "rival_f1": round(rival, 4),
            "rival": self.best_rival(),
            "oracle_f1": round(self.f1(ORACLE), 4),
            "oracle_f1_no_plan": round(self.f1(ORACLE_NO_PLAN), 4),
            "gap_closed": _share(self.f1(OURS) - rival, self.f1(ORACLE) - rival),
            "gap_closed_no_plan": _share(
                self.f1(OURS_NO_PLAN) - rival, self.f1(ORACLE_NO_PLAN) - rival
            ),
            "worst_margin": min(large, default=None),
            "t_in_p50_s": round(float(np.median(off_s)), 1) if len(off_s) else None,
            "t_in_p90_s": round(float(np.quantile(off_s, 0.9)), 1) if len(off_s) else None,
            "drive_by_rate": _share(count["drive_bys_called"], count["drive_bys"]),
            "verified_precision": _share(count["verified_right"], count["verified"]),
            "verified_share": _share(count["verified_right"], true),
            "wrong_door_rate": _share(count["wrong_doors"], count["next_door"]),
            "days": self.days,
            "visits": true,
            "drive_bys": count["drive_bys"],
            "next_door": count["next_door"],
        }


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
