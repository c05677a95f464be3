"""Rules and facts for tests; write what matters at the call."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from collection.gate.evaluate import Rulebook
from collection.gate.facts import Attempt, CaseFacts, Hold, KnownFact, Preference, Tagged
from collection.gate.kinds import (
    FactName,
    Frequency,
    HoldKind,
    Holds,
    Holidays,
    Hours,
    Params,
    Parties,
    Party,
    PlaceKind,
    Places,
    Precondition,
    Quiet,
    Weekdays,
)
from collection.gate.rule import (
    ActorClass,
    Channel,
    CountsOn,
    Effect,
    ProductClass,
    Rule,
    RuleBody,
    Status,
    ZoneBasis,
)


def a_rule(params: Params, number: int = 1, jurisdiction: str = "IN", **body: Any) -> Rule:
    told = RuleBody(
        f"RULE-{number}", "A rule", jurisdiction, "test", f"test {number}", None, True, params
    )  # fmt: skip
    return Rule(UUID(int=number), 1, replace(told, **body))


def a_book(*rules: Rule) -> Rulebook:
    return Rulebook(rules, {})


def some_facts(zone: str = "Asia/Kolkata", country: str = "IN", **facts: Any) -> CaseFacts:
    plain = CaseFacts(zone, (zone,), country, 0, 86_400, ProductClass.CONSUMER, ActorClass.NBFC)
    return replace(plain, **facts)


def local(zone: str, text: str) -> datetime:
    """An instant by its wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


ZONES = (
    "Asia/Kolkata", "America/Santiago", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/London",
    "Africa/Cairo", "America/Havana", "Asia/Jakarta", "Pacific/Chatham", "America/St_Johns",
)  # fmt: skip
"""With half hours and quarters; clocks that change at midnight, and by half an hour."""

DAYS = st.one_of(
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    # Days on which clocks change somewhere among `ZONES`.
    st.sampled_from(
        [date(2026, 9, 6), date(2026, 4, 5), date(2026, 4, 4), date(2026, 10, 4), date(2026, 3, 29),
         date(2026, 10, 25), date(2026, 4, 24), date(2026, 10, 29), date(2026, 10, 30),
         date(2026, 3, 8), date(2026, 11, 1), date(2026, 9, 27), date(2026, 9, 5)]
    ),
)  # fmt: skip
WEEKDAYS = st.lists(st.integers(1, 7), min_size=1, unique=True).map(lambda d: tuple(sorted(d)))
CLOCKS = st.tuples(st.integers(0, 95), st.integers(1, 96)).filter(lambda c: c[0] < c[1])


@st.composite
def _hours(draw: st.DrawFn) -> Hours:
    opens, closes = draw(CLOCKS)
    return Hours(opens * 900, closes * 900, draw(st.just(()) | WEEKDAYS))


def _some(options: Any) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(list(options)), min_size=1, unique=True).map(tuple)


PARAMS: st.SearchStrategy[Params] = st.one_of(
    _hours(),
    WEEKDAYS.map(Weekdays),
    st.sampled_from(["IN", "ID", "US-NY", "CL"]).map(Holidays),
    st.builds(Frequency, st.integers(1, 4), st.integers(1, 9)),
    st.builds(Quiet, st.sampled_from(["conversation", "attempt"]), st.integers(1, 9)),
    st.builds(Places, _some(PlaceKind), st.none() | st.integers(1, 3)),
    _some(Party).map(Parties),
    _some(FactName).map(Precondition),
    _some(HoldKind).map(Holds),
)


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    made = draw(st.lists(PARAMS, max_size=5))
    return [
        a_rule(
            params,
            number,
            "IN",
            product_classes=frozenset(draw(st.just(()) | _some(ProductClass))),
            channels=frozenset(draw(st.sampled_from([(), (Channel.VISIT,), (Channel.CALL,)]))),
            tz_basis=draw(st.sampled_from(ZoneBasis)),
            counts_on=draw(st.sampled_from(CountsOn)),
            effect=draw(st.sampled_from(Effect)),
            status=draw(st.sampled_from([Status.IN_FORCE] * 3 + [Status.DRAFT, Status.OFF])),
            precedence=draw(st.integers(1, 3)),
            effective_from=draw(st.sampled_from([date(2000, 1, 1), date(2026, 4, 5)])),
        )
        for number, params in enumerate(made, 1)
    ]


def _preferences() -> st.SearchStrategy[Preference]:
    return CLOCKS.flatmap(
        lambda clock: st.builds(
            Preference,
            channels=st.sampled_from([frozenset(), frozenset({Channel.VISIT})]),
            weekdays=st.just(()) | WEEKDAYS,
            not_before_s=st.just(clock[0] * 900),
            not_after_s=st.just(clock[1] * 900),
            places_banned=st.sampled_from([frozenset(), frozenset({PlaceKind.ELSEWHERE})]),
            is_opted_out=st.sampled_from([False] * 4 + [True]),
        )
    )


@st.composite
def facts_on(draw: st.DrawFn, day: date) -> CaseFacts:
    """Facts around a day."""
    zone = draw(st.sampled_from(ZONES))
    others = draw(st.lists(st.sampled_from(ZONES), max_size=2))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    around = st.integers(-9 * 86_400, 43_000) | st.integers(-43_000, 43_000)
    attempts = draw(
        st.lists(
            st.builds(
                Attempt,
                st.sampled_from([Channel.VISIT, Channel.CALL]),
                around.map(lambda s: noon + timedelta(seconds=s)),
                st.booleans(), st.booleans(), st.booleans(),
            ),
            max_size=6,
        )
    )  # fmt: skip
    opens, closes = draw(CLOCKS)
    return CaseFacts(
        zone, tuple(sorted({zone, *others})), "IN", opens * 900, closes * 900,
        draw(st.none() | st.sampled_from(ProductClass)), None,
        tuple(draw(st.lists(_preferences(), max_size=2))),
        tuple(draw(st.lists(st.builds(
            Hold, st.sampled_from(HoldKind), st.just(day) | st.just(day - timedelta(days=3)),
            st.just(day) | st.just(day - timedelta(days=1)) | st.just(date.max)), max_size=1))),
        tuple(draw(st.lists(st.builds(
            Tagged, st.just("dispute"), st.just(day) | st.just(day - timedelta(days=1))),
            max_size=1))),
        tuple(attempts),
        tuple(draw(st.lists(st.builds(
            KnownFact,
            st.sampled_from([*(n.value for n in FactName), "override", "evidence"]),
            st.just(day) | st.just(day + timedelta(days=1)),
            rule_code=st.sampled_from([None, "RULE-1", "RULE-2"])), max_size=3))),
        draw(st.none() | st.integers(0, 3)),
    )  # fmt: skip
