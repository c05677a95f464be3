"""Verdicts: how sure we are that an agent was at a customer, with every reason.

Each reason leaves a best level open (`CEILING`); a verdict is the lowest of them. So a verdict
can be read off its reasons, and one more reason can never make it better.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.fix import Fix
from core.geometry import distance_m
from core.said import say
from geofence.fence import Fence, distance_outside_m
from tracking.accuracy import sigma_m

FRESH_S = 120.0
"""A fix further than this from the check-in says little: a minute's walk is 80 m."""

COARSE_M = 100.0
"""Above this a fix comes from cell towers or Wi-Fi and cannot tell one street from the next."""

EDGE_SIGMAS = 2.0
"""A round error exceeds 2 σ in 14 % of cases: so far out a fix still agrees with the claim."""

EDGE_MAX_M = 100.0
"""And never more than this: a bad fix must not buy a wide fence."""

SURE = 0.9
LIKELY = 0.5
UNVOUCHED = 0.8
"""Pings prove and words support: a check-in may lift a place to `SURE` only where the pings alone
call it likelier than all others, with something to spare."""

ENDS_SURE = 0.95
"""Below this one stay may have been two, or the half of one, in one of twenty cases."""

SHORT_S = 120.0
FEW_PINGS = 3


class Level(StrEnum):
    """Proven by independent pings; supported but not proven; not supported."""

    VERIFIED = "verified"
    PROBABLE = "probable"
    UNVERIFIED = "unverified"


CEILING: Mapping[str, Level] = {
    # of a check-in
    "manual-check-in": Level.PROBABLE,
    "inside-fence": Level.VERIFIED,
    "edge-within-accuracy": Level.PROBABLE,
    "outside-fence": Level.UNVERIFIED,
    "reason-missing": Level.UNVERIFIED,
    "no-fix": Level.UNVERIFIED,
    "fix-stale": Level.UNVERIFIED,
    "fix-coarse": Level.UNVERIFIED,
    "accuracy-unknown": Level.PROBABLE,
    "mock-location": Level.UNVERIFIED,
    # of a stay
    "stayed-at-place": Level.VERIFIED,
    "place-likely": Level.PROBABLE,
    "place-doubtful": Level.UNVERIFIED,
    "short-stay": Level.PROBABLE,
    "few-pings": Level.PROBABLE,
    "silent-gap": Level.PROBABLE,
    "ends-doubtful": Level.PROBABLE,
    "check-in-decides": Level.PROBABLE,
    "checked-in-here": Level.VERIFIED,
    "checked-in-elsewhere": Level.PROBABLE,
    "own-point": Level.PROBABLE,
    "shared-place": Level.VERIFIED,
}
"""The best level each reason leaves open, by the reason's code."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict: a stable `code`, a sentence, and the figures behind it."""

    code: str
    text: str
    facts: Mapping[str, float | str | bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A level and every reason that was weighed, for and against."""

    level: Level
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class StayEvidence:
    """What is known of a detected stay at one place.

    `posterior` is the probability of the place, `unvouched` what it would be without check-ins;
    `ends_sure` the probability that the stay is neither two nor the part of one; `silence_s` the
    longest time inside the stay without a ping; `mock_pings` how many carried the mock flag.
    `check_in` says whether the agent checked in during the stay: here, elsewhere, or (None) not at
    all. `own_point` says that where the place is rests on this agent's own word alone.
    """

    posterior: float
    unvouched: float
    ends_sure: float
    distance_m: float
    uncertainty_m: float
    dwell_s: float
    silence_s: float
    pings: int
    mock_pings: int
    check_in: bool | None
    own_point: bool = False


def verdict(reasons: tuple[Reason, ...]) -> Verdict:
    """The verdict that these reasons leave. There must be at least one."""
    order = tuple(Level)
    return Verdict(max((CEILING[r.code] for r in reasons), key=order.index), reasons)


def judge_check_in(fence: Fence, fix: Fix | None, at: datetime) -> Verdict:
    """How far a manual check-in at `at` is borne out by the phone's fix.

    A check-in is a claim, so the best it reaches by itself is `probable`; only pings around it
    can verify a visit. It is never refused: one far outside is `unverified`, with the distance.
    Both times are aware and by the phone's clock; a fix taken shortly after the check-in (a
    phone that needed a moment) counts like one shortly before.
    """
    claim = Reason("manual-check-in", say("The agent checked in by hand."), {})
    if fix is None:
        return verdict((claim, Reason("no-fix", say("The phone gave no position."), {})))
    return verdict((claim, _place_of(fence, fix), *doubts_about(fix, at)))


def judge_check_out(fence: Fence | None, fix: Fix | None, at: datetime) -> tuple[Reason, ...]:
    """What the fix of a check-out at `at` says: where it is, and what is odd about it.

    Nothing is judged by it; a visit may well end at the next corner. `fence` is None while the
    address is not on the map.
    """
    if fix is None:
        return (Reason("no-fix", say("The phone gave no position."), {}),)
    return (*((_place_of(fence, fix),) if fence else ()), *doubts_about(fix, at))


def outside(verdict: Verdict) -> Reason | None:
    """The reason that says how far outside the fence a check-in was made; None when it was not,
    or by no more than its accuracy explains."""
    return next((r for r in verdict.reasons if r.code == "outside-fence"), None)


def without_reason(judged: Verdict) -> Verdict:
    """The same verdict of a check-in far outside, for which the agent gave no reason."""
    missing = Reason("reason-missing", say("The agent did not say why."), {})
    return verdict((*judged.reasons, missing))


def at_shared_place(judged: Verdict, customers: int) -> Verdict:
    """The same verdict of a stay, with the word that it proves a place of so many customers."""
    if customers < 2:
        return judged
    text = say(
        "The stay proves the house; receipts say who of {customers} customers was met.",
        customers=customers,
    )
    shared = Reason("shared-place", text, {"customers": customers})
    return replace(judged, reasons=(*judged.reasons, shared))


def _place_of(fence: Fence, fix: Fix) -> Reason:
    outside_m = distance_outside_m(fence, fix.position)
    facts = {
        "distance_m": round(distance_m(fence.center, fix.position), 1),
        "outside_m": round(outside_m, 1),
        "radius_m": fence.radius_m,
        "sigma_m": round(sigma_m(fix.accuracy_m), 1),
    }
    if outside_m == 0:
        return Reason("inside-fence", say("The position is inside the fence."), facts)
    if outside_m <= min(EDGE_SIGMAS * sigma_m(fix.accuracy_m), EDGE_MAX_M):
        text = say(
            "The position is {outside_m:.0f} m outside the fence, within its accuracy.",
            outside_m=outside_m,
        )
        return Reason("edge-within-accuracy", text, facts)
    return Reason(
        "outside-fence",
        say("The position is {outside_m:.0f} m outside the fence.", outside_m=outside_m),
        facts,
    )


def doubts_about(fix: Fix, at: datetime) -> tuple[Reason, ...]:
    """What speaks against a phone's fix for a fact at `at`, wherever it was."""
    doubts = []
    age_s = (at - fix.captured_at).total_seconds()
    if abs(age_s) > FRESH_S:
        text = say(
            "The position was taken {age_s:.0f} s {how}.",
            age_s=abs(age_s),
            how=say("before") if age_s > 0 else say("after"),
        )
        doubts.append(Reason("fix-stale", text, {"age_s": age_s}))
    if fix.accuracy_m is None or not fix.accuracy_m > 0:
        doubts.append(Reason("accuracy-unknown", say("The phone did not state an accuracy."), {}))
    elif fix.accuracy_m > COARSE_M:
        text = say(
            "The position is only accurate to {accuracy_m:.0f} m.", accuracy_m=fix.accuracy_m
        )
        doubts.append(Reason("fix-coarse", text, {"accuracy_m": fix.accuracy_m}))
    if fix.mock:
        doubts.append(_mock(say("The phone says that its position is a mock one."), {}))
    return tuple(doubts)


def _mock(text: str, facts: Mapping[str, float]) -> Reason:
    return Reason("mock-location", text, facts)


def judge_stay(stay: StayEvidence) -> Verdict:
    """How sure it is that a detected stay was at its place.

    `verified` needs a place that is beyond reasonable doubt (posterior ≥ 0.9, and ≥ 0.8 without
    the agent's word), a stay whose ends are not in doubt, two minutes or more, and at least three
    pings with no silence that hides most of it.
    """
    return verdict((_place_of_stay(stay), *_doubts_about_stay(stay), *_check_in_of(stay)))


def _place_of_stay(stay: StayEvidence) -> Reason:
    facts = {
        "posterior": round(stay.posterior, 3),
        "distance_m": round(stay.distance_m, 1),
        "uncertainty_m": round(stay.uncertainty_m, 1),
        "dwell_s": round(stay.dwell_s, 1),
    }
    minutes = stay.dwell_s / 60
    if stay.posterior >= SURE:
        text = say(
            "The agent stood {minutes:.0f} min, {distance_m:.0f} m from the address.",
            minutes=minutes,
            distance_m=stay.distance_m,
        )
        return Reason("stayed-at-place", text, facts)
    chance = f"{100 * stay.posterior:.0f} %"
    if stay.posterior >= LIKELY:
        return Reason(
            "place-likely",
            say("This is the likeliest place of the stay ({chance}).", chance=chance),
            facts,
        )
    return Reason(
        "place-doubtful", say("The stay may as well be elsewhere ({chance}).", chance=chance), facts
    )


def _doubts_about_stay(stay: StayEvidence) -> tuple[Reason, ...]:
    doubts = []
    if stay.dwell_s < SHORT_S:
        text = say("The stay lasted only {dwell_s:.0f} s.", dwell_s=stay.dwell_s)
        doubts.append(Reason("short-stay", text, {"dwell_s": round(stay.dwell_s, 1)}))
    if stay.pings < FEW_PINGS:
        text = say("Only {pings} pings speak for the stay.", pings=stay.pings)
        doubts.append(Reason("few-pings", text, {"pings": stay.pings}))
    if stay.silence_s > stay.dwell_s / 2 and stay.silence_s > SHORT_S:
        text = say(
            "The phone was silent for {silence_s:.0f} min of the stay.",
            silence_s=stay.silence_s / 60,
        )
        doubts.append(Reason("silent-gap", text, {"silence_s": round(stay.silence_s, 1)}))
    if stay.ends_sure < ENDS_SURE:
        text = say("It is not sure that this was one stay, and a whole one.")
        doubts.append(Reason("ends-doubtful", text, {"ends_sure": round(stay.ends_sure, 3)}))
    if stay.posterior >= SURE and stay.unvouched < UNVOUCHED:
        text = say(
            "Without the check-in this place would be {likely:.0f} % likely.",
            likely=100 * stay.unvouched,
        )
        facts = {"unvouched": round(stay.unvouched, 3)}
        doubts.append(Reason("check-in-decides", text, facts))
    if stay.mock_pings:
        text = say(
            "{mock_pings} of {pings} pings were flagged as mock positions.",
            mock_pings=stay.mock_pings,
            pings=stay.pings,
        )
        doubts.append(_mock(text, {"mock_pings": stay.mock_pings, "pings": stay.pings}))
    if stay.own_point:
        text = say("Only this agent's own visits say that the address is here.")
        doubts.append(Reason("own-point", text, {}))
    return tuple(doubts)


def _check_in_of(stay: StayEvidence) -> tuple[Reason, ...]:
    if stay.check_in is None:
        return ()
    if stay.check_in:
        return (Reason("checked-in-here", say("The agent also checked in here."), {}),)
    text = say("The agent checked in at another customer meanwhile.")
    return (Reason("checked-in-elsewhere", text, {}),)
