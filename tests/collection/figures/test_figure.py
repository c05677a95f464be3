"""Figures, periods and rolls without a database."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.figures.figure import FIGURES, TARGETED, chosen
from collection.figures.measure import KEPT, LEVELS, Measure
from collection.figures.period import Grouping, Question, period_of, periods
from collection.figures.rolls.roll import Roll, rates
from collection.figures.sources.store import SOURCES
from collection.figures.targets.store import Table
from collection.portfolio.dpd import DEFAULT_BUCKETS
from core.errors import InvalidField
from data.tables.figures import COSTS, TARGETS, DayFact

FIRST = date(2026, 11, 1)
RANKS = {bucket.code: bucket.rank for bucket in DEFAULT_BUCKETS}


def test_each_measure_is_a_column_and_is_counted_somewhere() -> None:
    columns = {c.name for c in DayFact.__table__.columns}
    assert columns - {"id", "branch_id", "day", "agent_id", "product_code"} == set(KEPT)
    assert {m for source in SOURCES.values() for m in source.measures} == set(KEPT)
    assert {m for figure in FIGURES.values() for m in figure.measures} == set(Measure)


def test_a_source_tells_flows_or_levels_and_never_both() -> None:
    for name, source in SOURCES.items():
        assert len({measure in LEVELS for measure in source.measures}) == 1, name


def test_targets_are_of_sums_of_flows_and_the_database_knows_them() -> None:
    assert set(TARGETS) == set(TARGETED)
    assert all(not FIGURES[name].over and not FIGURES[name].is_level for name in TARGETED)
    assert len(COSTS) == 5
    assert get_args(Table) == ("target", "cost")


def test_a_ratio_to_nothing_is_nothing_rather_than_zero() -> None:
    rate = FIGURES["promises_kept_rate"]
    nothing = {measure.value: 0 for measure in Measure}
    assert rate.value(nothing) is None
    assert rate.value(nothing | {"promises_kept": 3, "promises_broken": 1}) == 0.75


def test_a_way_of_which_nothing_was_measured_is_not_known_rather_than_zero() -> None:
    nothing = {measure.value: 0 for measure in Measure} | {"visits_done": 4}
    for name in ("distance", "distance_per_visit"):
        assert FIGURES[name].value(nothing) is None
        assert FIGURES[name].value(nothing | {"visits_measured": 4}) is None
    measured = nothing | {"ridden_m": 9000, "visits_measured": 3}
    assert FIGURES["distance"].value(measured) == 9000
    assert FIGURES["distance_per_visit"].value(measured) == 3000
    assert FIGURES["receipts"].value(nothing) == 0


def test_an_unknown_figure_is_refused_with_the_names_of_some() -> None:
    with pytest.raises(InvalidField, match="collected"):
        chosen(["profit"])
    assert [figure.name for figure in chosen(["cost", "collected", "cost"])] == [
        "cost",
        "collected",
    ]
    assert len(chosen([])) == len(FIGURES)


@pytest.mark.parametrize("last", [date(2026, 10, 31), date(2029, 11, 1)])
def test_a_span_that_ends_before_it_begins_or_is_endless_is_refused(last: date) -> None:
    with pytest.raises(InvalidField):
        Question(FIRST, last, Grouping.DAY, "CLP")


@given(
    first=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    days=st.integers(0, 500),
    grouping=st.sampled_from([Grouping.DAY, Grouping.WEEK, Grouping.MONTH]),
)
def test_periods_cover_a_span_without_gaps(first: date, days: int, grouping: Grouping) -> None:
    last = date.fromordinal(first.toordinal() + days)
    told = list(periods(first, last, grouping))
    wanted = {
        period_of(date.fromordinal(n), grouping)
        for n in range(first.toordinal(), last.toordinal() + 1)
    }
    assert told == sorted(wanted)


def test_rolls_go_forward_back_or_stay_and_add_up() -> None:
    moved = [
        Roll("B1", "B2", 1, 400, 10), Roll("B1", "B1", 1, 300, 10), Roll("B1", "X", 1, 200, 0),
        Roll("B1", "closed", 1, 100, 0), Roll("B3", "B1", 2, 50, 5), Roll("X", "X", 1, 70, 0),
    ]  # fmt: skip
    current, late, worse = rates(moved, RANKS)
    assert [each.bucket for each in (current, late, worse)] == ["X", "B1", "B3"]
    assert (late.cases, late.principal_minor) == (4, 1000)
    assert (late.forward, late.stayed, late.back, late.normalized) == (0.4, 0.3, 0.0, 0.3)
    assert late.resolution == 0.6
    assert (worse.back, worse.forward, current.stayed) == (1.0, 0.0, 1.0)


def test_a_bucket_without_principal_has_no_rates() -> None:
    [empty] = rates([Roll("B1", "B2", 1, 0, 0)], RANKS)
    assert (empty.forward, empty.resolution) == (None, None)
