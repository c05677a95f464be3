"""Days of phones that come to no end are ended and counted, and never taken for good ones."""

from collections import Counter
from typing import Any

import pytest

from benchmarks._offline_day import Day, lived
from benchmarks._phone_script import Script
from benchmarks.offline import Lived, live, summed

SCRIPT = Script(7, (1, 0, 0, 0), (), 0)
NOWHERE = Day(SCRIPT, 1, (), 9, "postgresql://nobody@127.0.0.1:9/none")


def figures(**changed: Any) -> dict[str, Any]:
    none = dict.fromkeys(
        ("lost", "doubled", "out_of_order", "parked", "storage_refusals", "records"), 0
    )
    return none | {"seen": Counter[str](), "why_parked": Counter[str]()} | changed


@pytest.mark.parametrize(
    ("limit_s", "told"), [(0.01, "not over after 0 s"), (120, "OperationalError")]
)
def test_a_day_that_hangs_or_fails_is_told_in_words(limit_s: float, told: str) -> None:
    assert told in str(lived(NOWHERE, limit_s))


def test_a_script_is_lived_once_more_and_then_given_up() -> None:
    tried = live([NOWHERE, NOWHERE], limit_s=0.01)
    assert (tried.figures, len(tried.why_hung)) == (None, 2)


def test_what_hung_is_counted_beside_what_was_judged() -> None:
    whole = Lived(SCRIPT, figures(records=43), ())
    again = Lived(SCRIPT, figures(records=42, lost=1), ("not over after 420 s",))
    given_up = Lived(SCRIPT, None, ("not over after 420 s", "Error: Target closed"))
    told = summed([whole, again, given_up])
    assert (told["scripts"], told["records"], told["lost"]) == (2, 85, 1)
    assert (told["hung"], told["unfinished"]) == (3, 1)
