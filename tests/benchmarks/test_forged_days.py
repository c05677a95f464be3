"""Days that were made up, and honest ones with odd phones."""

import numpy as np
import pytest

from benchmarks._visit_judged import HONEST, Judged, spoof_figures
from benchmarks._visit_spoofs import KINDS, forged_day, honest_day
from tests.benchmarks.grid_town import grid_town


@pytest.mark.parametrize("kind", KINDS)
def test_half_of_the_days_that_software_made_carry_the_mock_flag(kind: str) -> None:
    days = [forged_day(grid_town(), 3, kind, number) for number in range(4)]
    flags = [bool(day.sent.pings.mock.any()) for day in days]
    assert flags == [day.flagged for day in days]
    assert flags == ([False] * 4 if kind == "two phones" else [True, False] * 2)
    assert len({day.sent.pings.lat[0] for day in days}) == 4


def test_a_replayed_day_is_an_older_one_some_days_later() -> None:
    for number in range(6):
        day = forged_day(grid_town(), 3, "replayed", number)
        replay = np.sort(day.sent.pings.t_s)
        fits = []
        for old in day.older:
            steps = np.diff(np.unique(old.pings.t_s))
            same = len(steps) == len(replay) - 1 and np.allclose(np.diff(replay), steps)
            fits.append(same)
            assert replay[0] - old.pings.t_s.min() > 20 * 3_600 - 900
        assert sum(fits) == 1


def test_a_drive_at_the_desk_ends_exactly_at_addresses() -> None:
    day = forged_day(grid_town(), 3, "at the desk", 1)
    pings = day.sent.pings
    away = np.abs(np.column_stack((pings.lat, pings.lon))[:, None] - day.addresses).max(axis=2)
    assert len(np.unique(away.argmin(axis=1)[away.min(axis=1) < 2e-7])) >= 5


def test_frozen_attributes_are_frozen_and_two_phones_overlap() -> None:
    frozen = forged_day(grid_town(), 3, "frozen", 1).sent.pings
    for column in (frozen.accuracy_m, frozen.speed_mps, frozen.heading_deg, frozen.altitude_m):
        assert len(np.unique(column)) == 1
    day = forged_day(grid_town(), 3, "two phones", 1)
    one, other = (day.sent.pings.t_s[day.sent.device == number] for number in (0, 1))
    assert min(one.max(), other.max()) - max(one.min(), other.min()) > 1_800


def test_honest_days_are_odd_at_times_but_never_flagged() -> None:
    handed_over = wrong_clock = 0
    for number in range(80):
        day = honest_day(grid_town(), 6, number)
        pings = day.sent.pings
        assert not pings.mock.any()
        assert len(day.older) == 3
        wrong_clock += bool(np.abs((pings.received_s - pings.t_s).min() - 0.2) > 15)
        one, other = (pings.t_s[day.sent.device == number] for number in (0, 1))
        if len(other):
            handed_over += 1
            assert min(one.max(), other.max()) - other.min() < 300
    assert handed_over >= 1
    assert wrong_clock >= 1


def test_figures_tell_forged_from_honest() -> None:
    days = [
        Judged("replayed", flagged=True, suspected=True, reasons=()),
        Judged("replayed", flagged=False, suspected=False, reasons=()),
        Judged(HONEST, flagged=False, suspected=False, reasons=()),
        Judged(HONEST, flagged=False, suspected=True, reasons=()),
    ]
    figures = spoof_figures(days)
    assert figures["spoof_recall"] == figures["spoof_false_alarm"] == 0.5
    assert figures["spoof_recall_unflagged"] == 0.0
    assert figures["spoof_recall_by_kind"]["replayed"] == 0.5
    assert figures["spoof_recall_by_kind"]["frozen"] is None
