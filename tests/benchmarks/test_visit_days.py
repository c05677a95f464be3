"""The simulated days of the visits benchmark: are they what they promise to be?"""

import ast
from pathlib import Path

import numpy as np
import pytest

from benchmarks._visit_day import CELLS, Cell, VisitDay, visit_day
from benchmarks._visit_errors import SETTINGS, errors
from tests.benchmarks.grid_town import grid_town

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
EVERY_10_S = Cell("urban", 10.0, "online")


def days(count: int, cell: Cell = EVERY_10_S) -> list[VisitDay]:
    return [visit_day(grid_town(), cell, (7, number)) for number in range(count)]


def test_only_two_modules_of_the_visits_benchmark_know_the_code_that_is_judged() -> None:
    knows = set()
    for path in BENCHMARKS.glob("_visit_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            if any(name.split(".")[0] in {"geofence", "tracking"} for name in names):
                knows.add(path.name)
    assert knows == {"_visit_ours.py", "_visit_judged.py"}


def test_a_seed_is_a_day() -> None:
    one, same, other = (visit_day(grid_town(), EVERY_10_S, (7, n)) for n in (1, 1, 2))
    assert np.array_equal(one.arrived.lat, same.arrived.lat)
    assert one.visits == same.visits
    assert one.check_ins == same.check_ins
    assert one.visits != other.visits


def test_visits_are_at_doors_and_nobody_flies() -> None:
    for day in days(10):
        path, t_s = np.array(day.life.xy), np.array(day.life.t_s)
        step_s = np.maximum(np.diff(t_s), 1e-3)
        assert (np.diff(t_s) >= 0).all()
        assert (np.hypot(*np.diff(path, axis=0).T) / step_s).max() < 25
        for visit in day.visits:
            at = day.life.at(np.linspace(visit.began_at, visit.ended_at, 20))
            assert np.hypot(*(at - day.doors.door[visit.door]).T).max() < 12
            assert visit.ended_at - visit.began_at > 60


def test_doors_stand_in_rows_apart_from_each_other_and_near_their_addresses() -> None:
    for day in days(5):
        doors = day.doors
        gap_m = np.hypot(*(doors.door[:, None] - doors.door).transpose(2, 0, 1))
        assert gap_m[~np.eye(len(doors), dtype=bool)].min() >= 15
        assert np.hypot(*(doors.geocode - doors.door).T).max() <= 60
        assert max(map(len, doors.customers)) > 1
        assert any(doors.next_to(door) for door in range(len(doors)))


def test_enough_is_skipped_unplanned_next_door_and_falsely_claimed() -> None:
    planned = skipped = visits = unplanned = next_door = claims = false = 0
    for day in days(60):
        doors = day.planned_doors()
        visited = {visit.door for visit in day.visits}
        besides = {visit.meant for visit in day.visits}
        planned += len(doors)
        skipped += len(doors - visited - besides)
        visits += len(day.visits)
        unplanned += sum(visit.door not in doors and visit.meant < 0 for visit in day.visits)
        next_door += sum(visit.meant >= 0 for visit in day.visits)
        claims += len(day.check_ins)
        door_of = {c: door for door, who in enumerate(day.doors.customers) for c in who}
        false += sum(door_of[c.customer] not in visited | besides for c in day.check_ins)
    assert skipped / planned >= 0.15
    assert 0.13 <= unplanned / visits <= 0.20
    assert 0.04 <= next_door / visits <= 0.075
    assert 0.03 <= false / claims <= 0.08


def test_pauses_of_every_kind_and_slow_passings_happen() -> None:
    seen = days(20)
    kinds = {pause.kind for day in seen for pause in day.life.pauses}
    assert kinds == {"home", "light", "corner", "tea", "fuel", "lunch"}
    for day in seen:
        for door, began_at, ended_at in day.life.drive_bys:
            off_m = np.hypot(
                *(day.life.at(np.linspace(began_at, ended_at, 30)) - day.doors.door[door]).T
            )
            assert 5 <= off_m.min() <= 30
            assert all(v.ended_at < began_at or v.began_at > ended_at for v in day.visits)


@pytest.mark.parametrize("setting", SETTINGS)
def test_errors_are_as_large_and_as_lasting_as_their_model_says(setting: str) -> None:
    square, soon, later = [], [], []
    t_s = np.arange(0.0, 20_000.0, 10.0)
    for seed in range(30):
        made = errors(np.random.default_rng(seed), t_s, setting)
        low, high = SETTINGS[setting]
        assert low / 3 < np.median(made.sigma_m) < high * 3
        tame = ~made.wild & (made.jump < 0)
        unit = np.where(tame, made.offset[:, 0] / made.sigma_m, np.nan)
        square.append(np.nanmean(unit**2))
        soon.append(np.nanmean(unit[6:] * unit[:-6]))
        later.append(np.nanmean(unit[200:] * unit[:-200]))
        known = made.accuracy_m[made.accuracy_m > 0]
        assert made.wild.any()
        assert known.min() >= 0.25 * 1.5 * made.sigma_m.min() or known.min() >= 3
    assert 0.85 < np.mean(square) < 1.15
    assert np.mean(soon) > 0.35
    assert abs(float(np.mean(later))) < 0.15


def test_what_is_sent_without_a_network_comes_hours_late_and_some_of_it_twice() -> None:
    for delivery, latest_s, share in (("online", 400, 0.0), ("offline", 30_000, 0.25)):
        late = []
        for day in days(6, Cell("open", 30.0, delivery)):
            came = day.arrived
            assert len(came) > len(day.pings)
            assert (np.diff(day.pings.t_s) > 0).all()
            delay_s = day.pings.received_s - day.pings.t_s
            assert delay_s.min() > 0
            assert delay_s.max() < latest_s
            late.append(float((delay_s > 600).mean()))
            if delivery == "offline":
                assert (np.diff(came.t_s) < -600).any()
        assert np.mean(late) >= share


def test_there_are_cells_for_every_setting_sampling_and_delivery() -> None:
    assert len({cell.name for cell in CELLS}) == 3 * 5 * 2
