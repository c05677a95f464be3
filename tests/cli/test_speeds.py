"""What ``./roundsman speeds`` prints."""

from datetime import date

import numpy as np
import pytest

from cli.app import main
from cli.speeds import tell_learned, tell_report
from routing.speeds.accuracy.report import report
from routing.speeds.accuracy.store import KeptLegs
from routing.speeds.learn import LearnedDay

DAY = date(2026, 2, 9)


def test_a_report_is_a_table_by_hour_and_class(capsys: pytest.CaptureFixture[str]) -> None:
    legs = KeptLegs(
        np.array([8, 9], np.int32), ("primary", "residential"), np.array([1000.0, 500.0]),
        np.array([200.0, 100.0]), np.array([100.0, 80.0]), np.array([190.0, np.nan]),
    )  # fmt: skip
    tell_report(report(DAY, DAY, legs))
    told = capsys.readouterr().out
    assert "Mon–Fri 08–09" in told
    assert "Mon–Fri 09–10" not in told
    assert "50.0 %" in told
    assert "-5.0 %" in told
    assert "2 legs were ridden; 1 of them" in told


def test_a_report_without_legs_is_an_empty_table(capsys: pytest.CaptureFixture[str]) -> None:
    nothing = np.zeros(0)
    legs = KeptLegs(nothing.astype(np.int32), (), nothing, nothing, nothing, nothing)
    tell_report(report(DAY, DAY, legs))
    assert "0 legs were ridden" in capsys.readouterr().out


def test_each_day_that_was_learned_from_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell_learned([LearnedDay("Grid", DAY, 4, 31, 1200, 29)])
    told = capsys.readouterr().out
    assert "2026-02-09 Grid: 31 rides of 4 agents, 1,200 stretches" in told
    assert "1 days learned from." in told


def test_days_in_the_wrong_order_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speeds", "report", "--from", "2026-02-09", "--to", "2026-02-08"]) == 1
    assert "--to" in capsys.readouterr().err
