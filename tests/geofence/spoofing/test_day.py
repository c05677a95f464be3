"""Days judged as a whole: forgeries are caught, honest phones are left alone."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import LatLon
from geofence.spoofing.day import judge_day
from geofence.spoofing.phone_day import PhoneDay, phone_day
from geofence.spoofing.suspicion import Judgement
from tests.geofence.spoofing.acted_days import (
    a_round,
    at,
    desk_day,
    frozen_day,
    honest_day,
    joined,
    jumping_day,
    replayed,
    two_phone_day,
)

Forger = Callable[[int], Judgement]

FORGERS: dict[str, Forger] = {
    "sends an older day again": lambda s: judge_day(replayed(honest_day(s), s), [honest_day(s)]),
    "adds three meters of noise to it": lambda s: judge_day(
        replayed(honest_day(s), s, noise_m=3), [honest_day(s, day=1), honest_day(s)]
    ),
    "reports every minute": lambda s: judge_day(
        replayed(honest_day(s, every_s=60), s), [honest_day(s, every_s=60)]
    ),
    "acts out a drive": lambda s: judge_day(desk_day(s)),
    "acts out a drive with noise": lambda s: judge_day(desk_day(s, noise_m=3)),
    "jumps to each door and back": lambda s: judge_day(jumping_day(s)),
    "leaves the attributes as they are": lambda s: judge_day(frozen_day(s)),
    "copies accuracy and altitude": lambda s: judge_day(
        frozen_day(s, accuracy_m=5.0, altitude_m=30.0)
    ),
    "has a second phone elsewhere": lambda s: judge_day(two_phone_day(s)),
    "uses an app that the phone notices": lambda s: judge_day(
        replace(honest_day(s), mock=np.ones(len(honest_day(s)), bool))
    ),
}


@pytest.mark.parametrize("forger", FORGERS)
def test_a_forger_is_caught_who(forger: str) -> None:
    caught = [FORGERS[forger](seed).suspected for seed in range(20)]
    assert sum(caught) >= 18


@pytest.mark.parametrize("every_s", [5.0, 15.0, 30.0, 60.0, 300.0])
def test_an_honest_phone_is_left_alone(every_s: float) -> None:
    accused = []
    for seed in range(40):
        older = [honest_day(seed, every_s=every_s, day=-day) for day in (1, 2)]
        judged = judge_day(honest_day(seed, every_s=every_s), older, a_round(seed).geocodes)
        accused += [(seed, judged.reasons)] if judged.suspected else []
    assert accused == []


def test_an_honest_walker_is_left_alone() -> None:
    days = [honest_day(seed, every_s=10, speed_mps=1.3) for seed in range(20)]
    assert not any(judge_day(day).suspected for day in days)


@given(st.integers(0, 30), st.randoms(use_true_random=False))
def test_the_order_of_pings_and_repeats_change_nothing(seed: int, random: object) -> None:
    day = (honest_day, desk_day, jumping_day, two_phone_day)[seed % 4](seed)
    rng = np.random.default_rng(random.randrange(2**32))  # type: ignore[attr-defined]
    rows = rng.permutation(np.concatenate([np.arange(len(day)), rng.integers(0, len(day), 50)]))
    doors = a_round(seed).geocodes
    assert judge_day(at(day, rows), [day], doors) == judge_day(day, [day], doors)


finite = st.floats(-1e6, 1e6) | st.just(float("nan"))


@given(
    st.lists(
        st.tuples(st.floats(0, 1e5), st.floats(-91, 91), st.floats(-181, 181), finite, finite,
                  st.booleans(), st.integers(0, 2)),
        max_size=40,
    )
)  # fmt: skip
def test_whatever_a_phone_sends_is_judged_without_a_fault(
    pings: list[tuple[float, float, float, float, float, bool, int]],
) -> None:
    t_s, lat, lon, accuracy, other, mock, device = zip(*pings, strict=True) if pings else ((),) * 7
    columns = (np.array(c, float) for c in (t_s, lat, lon, accuracy, other))
    t, la, lo, acc, more = columns
    day = phone_day(
        t, la, lo, received_s=t + np.abs(more), accuracy_m=acc, speed_mps=more, altitude_m=more,
        heading_deg=acc, mock=np.array(mock, bool), device=np.array(device, int),
    )  # fmt: skip
    judged = judge_day(day, [day], [LatLon(0.0, 0.0)])
    assert 0 <= judged.score <= 1


def test_each_reason_says_what_when_and_how_rare() -> None:
    judged = judge_day(desk_day(1))
    assert judged.suspected
    for reason in judged.reasons:
        assert reason.text
        assert reason.began_s <= reason.ended_s
        assert 0 < reason.honest_rate < 1
    assert judge_day(phone_day(np.zeros(0), np.zeros(0), np.zeros(0))) == Judgement(
        0.001, False, ()
    )


def test_a_day_of_five_thousand_pings_against_thirty_days_takes_no_time() -> None:
    day = _long(honest_day(3, every_s=5))
    older = [_long(honest_day(3, every_s=5, day=-back)) for back in range(1, 31)]
    took_s = []
    for _ in range(3):
        begun = time.process_time()
        judge_day(day, older, a_round(3).geocodes)
        took_s.append(time.process_time() - begun)
    assert min(took_s) < 0.5


def _long(day: PhoneDay) -> PhoneDay:
    more = replace(day, t_s=day.t_s + 20_000.0)
    both = joined(day, more)
    return at(both, np.arange(min(len(both), 5000)))
