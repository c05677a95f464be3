"""Scoring, the rules of others and the oracle of the visits benchmark."""

import numpy as np
import pytest

from benchmarks._visit_day import Cell, visit_day
from benchmarks._visit_life import DriveBy, Visit
from benchmarks._visit_oracle import beliefs, covariance, oracle
from benchmarks._visit_results import ORACLE, OURS, DayResult, Results, measured_on
from benchmarks._visit_rivals import RULES, Sight, sight, traccar
from benchmarks._visit_score import Found, Tally, drive_bys_called, matches, tally, wrong_doors
from tests.benchmarks.grid_town import grid_town

TRUE = [Visit(3, 1_000, 1_600, -1), Visit(4, 2_000, 2_300, 5)]


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (Found(3, 1_000, 1_600), 1),
        (Found(3, 1_000, 1_241), 1),
        (Found(3, 1_000, 1_239), 0),  # less than 40 % of the visit
        (Found(3, 0, 2_000), 1),
        (Found(3, 0, 2_001), 0),  # an intersection over union below 0.3
        (Found(2, 1_000, 1_600), 0),
        (Found(3, 2_000, 2_300), 0),
    ],
)
def test_a_report_is_right_at_the_right_door_for_enough_of_the_time(
    found: Found, right: int
) -> None:
    assert tally([found], TRUE) == Tally(right, 1, 2)


def test_a_visit_reported_twice_is_right_once_and_the_better_report_counts() -> None:
    reports = [Found(3, 900, 1_500), Found(3, 1_000, 1_590), Found(4, 2_000, 2_300)]
    assert matches(reports, TRUE) == [(2, 1), (1, 0)]
    assert tally(reports, TRUE) == Tally(2, 3, 2)
    assert tally(reports, TRUE).f1 == pytest.approx(0.8)
    assert tally([], []).f1 == 0


def test_a_passing_is_called_a_visit_by_a_wrong_report_that_lies_mostly_in_it() -> None:
    passings = [DriveBy(7, 1_700, 1_800)]
    assert drive_bys_called([Found(7, 1_710, 1_790)], TRUE, passings) == 1
    assert drive_bys_called([Found(8, 1_600, 1_790)], TRUE, passings) == 0
    assert drive_bys_called([Found(3, 1_000, 1_790)], TRUE, passings) == 0


def test_a_wrong_door_is_a_verified_report_for_the_planned_door_beside() -> None:
    assert wrong_doors([Found(5, 2_000, 2_300, verified=True)], TRUE) == 1
    assert wrong_doors([Found(5, 2_000, 2_300)], TRUE) == 0
    assert wrong_doors([Found(4, 2_000, 2_300, verified=True)], TRUE) == 0


def walked_up_to_one_of_two_doors() -> Sight:
    """Ten minutes' way, ten minutes at the first door and away again; its neighbor is 40 m off."""
    t_s = np.arange(0.0, 1_800.0, 10.0)
    x = np.interp(t_s, [0, 600, 1_200, 1_800], [-800, 0, 0, -800])
    xy = np.column_stack((x, np.zeros_like(x)))
    doors = np.array([[0.0, 5.0], [40.0, 5.0]])
    away_m = np.hypot(*(xy[:, None] - doors).transpose(2, 0, 1))
    return Sight(t_s, xy, doors, away_m, np.arange(len(t_s)))


@pytest.mark.parametrize("name", RULES)
def test_each_rule_finds_a_plain_visit(name: str) -> None:
    rule, options = RULES[name]
    found = rule(walked_up_to_one_of_two_doors(), **options)
    assert tally(found, [Visit(0, 600, 1_200, -1)]).right == 1


def test_traccar_hears_no_late_positions() -> None:
    seen = walked_up_to_one_of_two_doors()
    late = np.flatnonzero((seen.t_s < 500) | (seen.t_s > 1_300))
    deaf = Sight(seen.t_s, seen.xy, seen.doors_xy, seen.away_m, late)
    assert len(traccar(seen, 30.0)) == 1
    assert traccar(deaf, 30.0) == []


def test_what_arrives_after_something_later_is_not_heard() -> None:
    day = visit_day(grid_town(), Cell("open", 30.0, "offline"), (7, 0))
    online = visit_day(grid_town(), Cell("open", 30.0, "online"), (7, 0))
    assert len(sight(day).heard) < 0.8 * len(day.pings)
    assert len(sight(online).heard) > 0.95 * len(online.pings)


def test_the_oracle_knows_how_sure_it_is_and_beats_the_rules() -> None:
    chances, hits = [], []
    for number in range(24):
        setting = ("open", "urban", "canyon")[number % 3]
        day = visit_day(grid_town(), Cell(setting, 30.0, "online"), (8, number))
        stays = day.life.stays()
        belief = beliefs(day, stays, with_plan=True)
        chances += belief.max(axis=1).tolist()
        hits += [
            isinstance(stay, Visit) and stay.door == row.argmax()
            for stay, row in zip(stays, belief, strict=True)
        ]
        assert (belief.sum(axis=1) <= 1 + 1e-9).all()
    sure = np.array(chances) > 0.8
    assert np.array(hits)[sure].mean() == pytest.approx(np.array(chances)[sure].mean(), abs=0.06)
    days = [measured_on(grid_town(), cell, 8, 0) for cell in (0, 12, 24)]
    results = Results.of(days)
    assert results.f1(ORACLE) > results.f1(results.best_rival())


def test_the_oracle_reports_true_times() -> None:
    day = visit_day(grid_town(), Cell("open", 5.0, "online"), (8, 1))
    ends = {(stay.began_at, stay.ended_at) for stay in day.life.stays()}
    found = oracle(day)
    assert {(f.began_at, f.ended_at) for f in found} <= ends
    assert tally(found, day.visits).f1 > 0.6


def test_the_covariance_that_the_oracle_is_told_is_that_of_the_errors() -> None:
    day = visit_day(grid_town(), Cell("canyon", 10.0, "online"), (8, 2))
    made = day.record.errors
    fixes = np.arange(200)
    told = covariance(made, fixes)
    assert np.linalg.eigvalsh(told).min() > 0
    lone = made.jump[:200] < 0
    assert np.allclose(np.diag(told)[lone], made.sigma_m[:200][lone] ** 2)


def test_results_add_up_and_cells_that_are_small_do_not_decide_the_margin() -> None:
    day = DayResult(
        0,
        {name: Tally(1, 2, 2) for name in (*RULES, OURS, "ours, plan hidden")}
        | {ORACLE: Tally(2, 2, 2), "oracle, plan hidden": Tally(2, 2, 2)},
        (5.0, -15.0),
        {"verified": 2, "verified_right": 1, "drive_bys": 4, "drive_bys_called": 1},
    )
    figures = Results.of([day, day]).figures()
    assert (figures["f1"], figures["oracle_f1"], figures["gap_closed"]) == (0.5, 1.0, 0.0)
    assert (figures["t_in_p50_s"], figures["verified_precision"]) == (10.0, 0.5)
    assert (figures["drive_by_rate"], figures["verified_share"]) == (0.25, 0.5)
    assert figures["worst_margin"] is None
    assert figures["wrong_door_rate"] is None
    assert Results.of([day] * 150).figures()["worst_margin"] == 0.0
