"""An agent drops out at eleven: what neighbors with full rounds win back, how soon.

``python -m benchmarks._city_down --seed 1``. The field, its travel times (SciPy's), its owners and
the judge are the benchmark's own. `recovered` is the score of the visits taken over, less that of
the neighbors' own visits pushed out, as a share of the score of the visits left open.
"""

import argparse
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter, process_time
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from scipy.optimize import linear_sum_assignment

from benchmarks._city_down_served import Served, median_ms, served_figures
from benchmarks._field_days import HOUR_S, field_day, field_nodes
from benchmarks._round_events import Matrix
from benchmarks._round_judge import Judge, Round, earliest_begin, judge
from benchmarks._round_part import (
    Streets,
    console,
    no_work,
    on_two_cores,
    one_by_one,
    open_streets,
    ours,
)
from routing.planner.audit import audit
from routing.planner.problem import Candidate, Problem, Shift
from routing.planner.relief import relieve
from routing.planner.vacancy import Relief, Vacancy, nearest_rounds
from routing.planner.warm import warm
from routing.travel.travel_times import travel_times

AGENTS, CASES, DOWN = 50, 50, 12
AT_S = 11 * HOUR_S
PLANNED_S = 0.5
"""For the plan of the morning."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A city's agents in the morning: case c is at node ``node[c]``, agent a starts at
    ``node[cases + a]``. `order` are the planned visits of each agent, by case, and `departs_s` when
    each ends; `travel_s` is between all nodes, by SciPy."""

    node: Ints
    cases: tuple[Candidate, ...]
    shifts: tuple[Shift, ...]
    order: tuple[tuple[int, ...], ...]
    departs_s: tuple[tuple[int, ...], ...]
    travel_s: NDArray[np.int32]
    at_m: NDArray[np.float64]

    def start(self, agent: int) -> int:
        """The row of an agent's home."""
        return len(self.cases) + agent


@dataclass(frozen=True, slots=True)
class Rest:
    """What an agent has still to do at eleven: cases in order, from where and when. With `rides`
    the agent is on the way to the first."""

    cases: tuple[int, ...]
    place: int
    ready_s: int
    rides: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one agent's visits. Times in milliseconds, `cpu_ms` of the processor."""

    recovered: float
    others_moved: int
    down_ms: float
    cpu_ms: float
    insert_only: float
    orphans: int
    taken: int
    rounds_changed: int


def figures(seed: int) -> dict[str, float]:
    """Medians over agents: `recovered`, `others_moved`, `down_ms`, `insert_only_recovered`, and
    `down_e2e_ms` of a branch that is served."""
    streets = open_streets("demo")
    return medians(outcomes(streets, seed)) | {"down_e2e_ms": median_ms(served(streets, seed))}


def served(streets: Streets, seed: int) -> list[Served]:
    """A branch of the same size, served."""
    return served_figures(streets, seed, AGENTS, CASES, DOWN)


def medians(told: Sequence[Outcome]) -> dict[str, float]:
    """The figures of agents who dropped out."""
    return {
        "recovered": round(statistics.median(one.recovered for one in told), 3),
        "others_moved": statistics.median(one.others_moved for one in told),
        "down_ms": round(statistics.median(one.down_ms for one in told), 1),
        "insert_only_recovered": round(statistics.median(one.insert_only for one in told), 3),
    }


def outcomes(streets: Streets, seed: int, agents: int = AGENTS, down: int = DOWN) -> list[Outcome]:
    """One agent after the other drops out of the same field at eleven."""
    field = field_of(streets, seed, agents)
    rests = [rest_at(field, agent, AT_S) for agent in range(agents)]
    drawn = np.random.default_rng((seed, 3)).permutation(agents).tolist()
    gone = [agent for agent in drawn if len(rests[agent].cases) >= 3][:down]
    if not gone:
        no_work("nobody has visits left at eleven")
    warm()
    matrix = streets.city.travel_s if streets.graph is None else travel_times(streets.graph).matrix
    dropped_out(matrix, field, rests, gone[0])
    return [
        dropped_out(matrix, field, rests, agent)
        for agent in one_by_one(gone, "Dropping out", len(gone))
    ]


def field_of(streets: Streets, seed: int, agents: int) -> Field:
    """Field days of so many agents; each case with an agent by the cheapest assignment there is,
    fifty each, and each round planned."""
    city = streets.city
    seeds = [seed * 1_000 + number for number in range(agents)]
    days = [field_day(city, its, CASES) for its in seeds]
    nodes = [field_nodes(city, its, CASES) for its in seeds]
    node = np.concatenate([*(its[:-1] for its in nodes), [its[-1] for its in nodes]])
    cases = [candidate for day in days for candidate in day.candidates]
    travel_s = city.travel_s(node)
    count = len(cases)
    away_s = np.repeat(travel_s[count:, :count].astype(np.float64), CASES, axis=0)
    slot, case = linear_sum_assignment(away_s)
    owner = np.empty(count, dtype=np.int64)
    owner[case] = np.asarray(slot) // CASES
    named = tuple(replace(one, case_id=UUID(int=n + 1), place=n) for n, one in enumerate(cases))
    shifts = tuple(
        replace(day.shift, start_place=count + a,
                end_place=None if day.shift.end_place is None else count + a)
        for a, day in enumerate(days)
    )  # fmt: skip
    problems = [
        _problem(shift, [named[n] for n in np.flatnonzero(owner == a).tolist()], travel_s)
        for a, shift in enumerate(shifts)
    ]
    planned = on_two_cores(_planned, problems, "Planning mornings")
    order = tuple(
        tuple(problem.candidates[n].case_id.int - 1 for n in its)
        for problem, its in zip(problems, planned, strict=True)
    )
    departs_s = tuple(
        tuple(judge(problem).departures_s(its))
        for problem, its in zip(problems, planned, strict=True)
    )
    at_m = np.column_stack([city.x_m[node], city.y_m[node]])
    return Field(node, named, shifts, order, departs_s, travel_s, at_m)


def _problem(shift: Shift, cases: Sequence[Candidate], travel_s: NDArray[np.int32]) -> Problem:
    """A problem of its own places: `shift` and `cases` stand at rows of `travel_s`."""
    home = shift.start_place if shift.end_place is None else shift.end_place
    places = np.array([*(case.place for case in cases), shift.start_place, home])
    end = None if shift.end_place is None else len(cases) + 1
    return Problem(
        replace(shift, start_place=len(cases), end_place=end),
        tuple(replace(case, place=place) for place, case in enumerate(cases)),
        travel_s[np.ix_(places, places)],
    )


def _planned(problem: Problem) -> Round:
    return ours(problem, PLANNED_S)


def rest_at(field: Field, agent: int, at_s: int) -> Rest:
    """An agent's round from `at_s` on: a visit that has begun is ended first, and who is on the way
    arrives."""
    order, departs_s = field.order[agent], field.departs_s[agent]
    begun = [end - field.cases[c].service_s <= at_s
             for c, end in zip(order, departs_s, strict=True)]  # fmt: skip
    done = sum(begun)
    place = order[done - 1] if done else field.start(agent)
    ready_s = departs_s[done - 1] if done else field.shifts[agent].start_s
    return Rest(order[done:], place, ready_s, ready_s <= at_s and done < len(order))


def dropped_out(matrix: Matrix, field: Field, rests: Sequence[Rest], agent: int) -> Outcome:
    """One agent drops out: decided by us, travel times and all, and judged."""
    wall_s, cpu_s = perf_counter(), process_time()
    near = _neighbors(field, rests, agent)
    vacancy, nodes = vacancy_of(field, rests, agent, near)
    vacancy = replace(vacancy, travel_s=(matrix(nodes),))
    relief = relieve(vacancy)
    took_s, took_cpu_s = perf_counter() - wall_s, process_time() - cpu_s
    for row in relief.changed:
        problem, _ = vacancy.problem_of(row, relief.orders[row])
        if broken := audit(problem, relief.plans[row]):
            no_work(f"a plan breaks a rule: {broken[0]}")
    return Outcome(
        recovered=judged(field, rests, agent, near, relief),
        others_moved=len(relief.moved) + len(relief.pushed_out),
        down_ms=took_s * 1000,
        cpu_ms=took_cpu_s * 1000,
        insert_only=inserted(field, rests, agent),
        orphans=vacancy.orphans,
        taken=len(relief.taken),
        rounds_changed=len(relief.changed),
    )


def _neighbors(field: Field, rests: Sequence[Rest], agent: int) -> list[int]:
    others = [other for other in range(len(rests)) if other != agent]
    points = [field.at_m[list(rests[other].cases)] for other in others]
    near = nearest_rounds(field.at_m[list(rests[agent].cases)], points)
    return [others[row] for row in near]


def vacancy_of(
    field: Field, rests: Sequence[Rest], agent: int, near: Sequence[int]
) -> tuple[Vacancy, Ints]:
    """What the agent leaves, with the neighbors `near`; and the nodes of its places. Travel is
    SciPy's."""
    numbers = list(rests[agent].cases)
    rounds: list[tuple[int, ...]] = []
    pinned: set[int] = set()
    for other in near:
        rest = rests[other]
        rounds.append(tuple(range(len(numbers), len(numbers) + len(rest.cases))))
        numbers += rest.cases
        if rest.rides:
            pinned.add(rest.cases[0])
    places, shifts = list(numbers), []
    for other in near:
        shift, rest = field.shifts[other], rests[other]
        places += [rest.place, field.start(other)]
        end = None if shift.end_place is None else len(places) - 1
        shifts.append(Shift(rest.ready_s, shift.end_s, len(places) - 2, end))
    rows = np.array(places, dtype=np.int64)
    candidates = tuple(
        replace(field.cases[number], place=place, pin=0 if number in pinned else None)
        for place, number in enumerate(numbers)
    )
    vacancy = Vacancy(
        shifts=tuple(shifts),
        candidates=candidates,
        orphans=len(rests[agent].cases),
        rounds=tuple(rounds),
        travel_s=(field.travel_s[np.ix_(rows, rows)],),
        may_serve=np.ones((len(shifts), len(candidates)), dtype=np.bool_),
    )
    return vacancy, field.node[rows]


def judged(
    field: Field, rests: Sequence[Rest], agent: int, near: Sequence[int], relief: Relief
) -> float:
    """The share of the orphaned score won back, of rounds that keep the rules by SciPy's travel
    times. Ends the benchmark when one does not, or a visit is made twice."""
    orphans = rests[agent].cases
    numbers = [*orphans, *(case for other in near for case in rests[other].cases)]
    score = 0.0
    seen: set[int] = set()
    for other, order in zip(near, relief.orders, strict=True):
        rest, cases = rests[other], [numbers[number] for number in order]
        if seen & set(cases):
            no_work("a visit is made twice")
        seen |= set(cases)
        if rest.rides and cases[:1] != list(rest.cases[:1]):
            no_work("an agent is turned around on the way")
        its = _judge_of(field, other, rest, cases)
        if its.travel_of_s(range(len(cases))) is None:
            no_work("a new round breaks a rule")
        score += sum(field.cases[case].score for case in cases)
        score -= sum(field.cases[case].score for case in rest.cases)
    return score / sum(field.cases[case].score for case in orphans)


def _judge_of(field: Field, agent: int, rest: Rest, cases: Sequence[int]) -> Judge:
    shift = replace(field.shifts[agent], start_s=rest.ready_s, start_place=rest.place)
    return judge(_problem(shift, [field.cases[case] for case in cases], field.travel_s))


def inserted(field: Field, rests: Sequence[Rest], agent: int) -> float:
    """The peer: most urgent first, each where it fits into anybody's round as it stands."""
    orphans = sorted(rests[agent].cases, key=lambda case: -field.cases[case].score)
    rounds = {n: list(rest.cases) for n, rest in enumerate(rests) if n != agent}
    won = 0.0
    for case in orphans:
        tried = (
            (other, [*order[:gap], case, *order[gap:]])
            for other, order in rounds.items()
            for gap in range(rests[other].rides, len(order) + 1)
        )
        fitting = next((one for one in tried if _in_time(field, rests, *one)), None)
        if fitting:
            rounds[fitting[0]] = fitting[1]
            won += field.cases[case].score
    return won / sum(field.cases[case].score for case in orphans)


def _in_time(field: Field, rests: Sequence[Rest], agent: int, cases: Sequence[int]) -> bool:
    """Whether a round keeps its hours and ends with the shift."""
    at, now_s = rests[agent].place, rests[agent].ready_s
    for case in cases:
        one = field.cases[case]
        hours = tuple((w.from_s, w.to_s) for w in one.begin_windows())
        begin_s = earliest_begin(hours, now_s + int(field.travel_s[at, case]))
        if begin_s is None:
            return False
        at, now_s = case, begin_s + one.service_s
    home = field.shifts[agent].end_place
    return now_s + (0 if home is None else int(field.travel_s[at, home])) <= (
        field.shifts[agent].end_s
    )


def table(told: Sequence[Outcome]) -> Table:
    """The agents who dropped out, one under the other."""
    shown = Table(
        "dropped out", "visits left", "taken over", "recovered", "others moved", "rounds changed",
        "ms", "processor ms", "by insertion", box=None,
    )  # fmt: skip
    for nth, one in enumerate(told, 1):
        shown.add_row(
            str(nth), str(one.orphans), str(one.taken), f"{one.recovered:.2f}",
            str(one.others_moved), str(one.rounds_changed), f"{one.down_ms:.0f}",
            f"{one.cpu_ms:.0f}", f"{one.insert_only:.2f}",
        )  # fmt: skip
    return shown


def main() -> None:
    """The table of all agents, and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--skip-served", action="store_true", help="without a server")
    options = parser.parse_args()
    streets = open_streets("demo")
    told = outcomes(streets, options.seed)
    reached = [] if options.skip_served else served(streets, options.seed)
    if not options.json:
        console.print(table(told))
        for one in reached:
            console.print(
                f"{one.moved} visits moved: answer after {one.answer_ms:.0f} ms,"
                f" {one.phones} phones knew after {one.phones_ms:.0f} ms"
            )
    more = {"down_e2e_ms": median_ms(reached)} if reached else {}
    print(json.dumps(medians(told) | more))


if __name__ == "__main__":
    main()
