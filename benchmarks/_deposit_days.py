"""Field days with cash: a limit that the day's visits would pass, and counters to hand it in."""

from dataclasses import replace
from uuid import UUID

import numpy as np

from benchmarks._field_days import HOUR_S, City, field_day, field_nodes
from routing.planner.problem import DepositPoint, Problem, Window

BRANCH_HOURS = (Window(10 * HOUR_S, 16 * HOUR_S),)
BANK_HOURS = (
    Window(9 * HOUR_S + HOUR_S // 2, 13 * HOUR_S),
    Window(14 * HOUR_S, 15 * HOUR_S + HOUR_S // 2),
)
QUEUE_S = (10 * 60, 15 * 60)


def deposit_day(city: City, seed: int = 1, cases: int = 50) -> Problem:
    """A field day on which the cash expected passes the limit several times over.

    Three visits in four are expected to bring cash, log-normal around 1,000.00; the limit is the
    cash of five to ten of them, and on half of the days the agent starts with up to half of it in
    hand. One branch and two to three banks on random nodes take it; banks shut over noon. A deposit
    takes 10 to 15 minutes.
    """
    plain = field_day(city, seed, cases)
    rng = np.random.default_rng((seed, 1))
    pays = rng.random(cases) < 0.75
    cash_minor = np.where(pays, rng.lognormal(np.log(1_000), 0.6, cases) * 100, 0).astype(int)
    limit_minor = int(100 * 1_000 * rng.uniform(5, 10))
    in_hand_minor = int(limit_minor * rng.uniform(0, 0.5)) if rng.random() < 0.5 else 0
    counters = 1 + int(rng.integers(2, 3, endpoint=True))
    nodes = rng.integers(0, city.nodes, counters)
    service_s = rng.integers(*QUEUE_S, counters, endpoint=True)
    return replace(
        plain,
        shift=replace(plain.shift, cash_limit_minor=limit_minor, cash_in_hand_minor=in_hand_minor),
        candidates=tuple(
            # Nobody pays more at once than an agent may carry.
            replace(candidate, expected_cash_minor=min(int(cash_minor[n]), limit_minor))
            for n, candidate in enumerate(plain.candidates)
        ),
        deposits=tuple(
            DepositPoint(
                name=f"Bank {k}" if k else "Branch",
                place=cases + 1 + k,
                hours=BANK_HOURS if k else BRANCH_HOURS,
                service_s=int(service_s[k]),
                key=UUID(int=10**6 + k),
            )
            for k in range(counters)
        ),
        travel_s=city.travel_s(np.append(field_nodes(city, seed, cases), nodes)),
    )
