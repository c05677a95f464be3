"""What a stage means for visits."""

import pytest

from collection.portfolio.stages.stage import Stage
from collection.portfolio.stages.visits import StageVisits, Visits


@pytest.mark.parametrize(
    ("visits", "is_asked", "is_held_back"),
    [
        (Visits.AS_DUE, False, False),
        (Visits.AS_DUE, True, False),
        (Visits.WHEN_ASKED, False, True),
        (Visits.WHEN_ASKED, True, False),
        (Visits.NEVER, False, True),
        (Visits.NEVER, True, True),
    ],
)
def test_a_stage_lets_visit_or_holds_back(
    visits: Visits, is_asked: bool, is_held_back: bool
) -> None:
    why = StageVisits(Stage.LEGAL, visits).held_back(is_asked=is_asked)
    assert (why is not None) == is_held_back
    assert why is None or "legal" in why
