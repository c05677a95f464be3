"""What the rounds benchmark prints: its figures by key, from what was measured."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import rounds
from benchmarks._deposit_days import deposit_day
from benchmarks._field_days import field_day, grid_city
from benchmarks._round_deposits import keys as deposit_keys
from benchmarks._round_judge import judge
from benchmarks._round_net import keys, shares
from benchmarks._round_part import OURS, ours
from benchmarks._round_peers import RULES, installed, with_deposits
from benchmarks._round_replans import Replanned, row

ISSUED = {
    "net_pct_100ms", "net_pct_500ms", "gap_ratio_100ms", "deposit_wins", "deposit_ratio",
    "vrptw_ratio", "toptw_ratio", "replan_ms", "churn", "branch_50_s",
}  # fmt: skip


def test_the_last_line_has_every_figure_whatever_parts_were_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--city", "grid", "--events", "9", "--cases", "20", "--json", "--seed", "3"]
    monkeypatch.setattr(sys, "argv", ["rounds", "--only", "replan", *small])
    rounds.main()
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(rounds.KEYS) == ISSUED
    assert set(told) >= ISSUED
    assert told["seed"] == 3
    assert {key for key in ISSUED if told[key] is not None} == {"replan_ms", "churn"}
    assert 0 <= told["churn"] <= 1
    assert told["replan_ms"] > 0


def test_a_part_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert rounds.options_of(["--only", "net,branch"]).only == ["net", "branch"]
    with pytest.raises(SystemExit):
        rounds.options_of(["--only", "nett"])
    assert "there are: net, deposit, fleet, replan, branch" in capsys.readouterr().err
    with pytest.raises(argparse.ArgumentTypeError):
        rounds.chosen("")


def test_a_folder_without_instances_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("Dear all,")
    for folder, why in ((tmp_path, "letter: not an instance"), (tmp_path / "no", "No such file")):
        with pytest.raises(SystemExit):
            rounds.options_of(["--instances", str(folder)])
        assert why in capsys.readouterr().err


def taken(values: dict[str, float]) -> dict[str, tuple[float, float]]:
    names = [*RULES, *(f"{name} {s} s" for s in (0.1, 0.5) for name in (OURS, *installed()))]
    return {name: (values.get(name, 50.0), 0.1) for name in names}


def test_the_gap_is_that_to_the_best_peer() -> None:
    days = [taken({f"{OURS} 0.1 s": 99, f"{OURS} 0.5 s": 100, "PyVRP 0.1 s": 97})] * 2
    figures = keys(shares(days, [100, 100]))
    assert figures == {
        "net_pct_100ms": 99.0,
        "net_pct_500ms": 100.0,
        "gap_ratio_100ms": pytest.approx(1 / 3, abs=0.001),
    }


def test_a_broken_rule_is_the_end_for_us_and_costs_a_peer_its_day() -> None:
    with pytest.raises(SystemExit, match="breaks a rule"):
        shares([taken({f"{OURS} 0.1 s": -np.inf})], [100])
    rows = shares([taken({"PyVRP 0.1 s": -np.inf}), taken({})], [100, 100])
    assert next(r["net_pct"] for r in rows if r["engine"] == "PyVRP 0.1 s") == 25


def test_a_day_with_deposits_is_won_by_who_is_no_worse_than_the_best() -> None:
    def day(mine: float, *peers: float) -> dict[str, tuple[float, float, int]]:
        names = (OURS, *with_deposits())
        return {name: (v, 0.5, 1) for name, v in zip(names, (mine, *peers), strict=True)}

    figures = deposit_keys([day(100, 100, 90), day(110, 100, -np.inf), day(99, 90, 99.5)])
    assert figures["deposit_wins"] == pytest.approx(2 / 3, abs=0.001)
    assert figures["deposit_ratio"] == pytest.approx((1 + 1.1 + 99 / 99.5) / 3, abs=1e-4)


def test_churn_is_a_share_of_all_stops_still_to_do() -> None:
    told = [Replanned("late", 100, 3, 2, 4, 0.0), Replanned("late", 120, 0, 0, 6, 1.0)]
    whole = row("all", told)
    assert (whole["churn"], whole["ms"], whole["lost_pct"]) == (0.1, 110, 0.5)


def test_every_planner_keeps_the_rules_of_a_small_day() -> None:
    city = grid_city(side=20)
    plain, with_cash = field_day(city, 1, 12), deposit_day(city, 1, 12)
    for name, planner in {**RULES, **installed(), OURS: ours}.items():
        assert judge(plain).net_value(planner(plain, 0.1)) > 0, name
    for name, planner in {**with_deposits(), OURS: ours}.items():
        assert judge(with_cash).net_value(planner(with_cash, 0.1)) > 0, name
