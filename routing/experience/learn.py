"""Learn from past visits how long they last and when customers are met. Planning reads it."""

from dataclasses import dataclass
from datetime import datetime

from data.session import Session
from routing.experience import store
from routing.experience.meeting import meeting_chances
from routing.experience.service_time import learned_times


@dataclass(frozen=True, slots=True)
class Learned:
    """How many kinds of cases have a time of their own, and how many cases hours of their own."""

    kinds: int
    cases: int


async def learn(session: Session, now: datetime) -> Learned:
    """Learn anew for every branch in scope; what was learned before is replaced."""
    kinds = cases = 0
    for branch_id, stays in (await store.stays(session, now)).items():
        times = learned_times(stays)
        await store.keep_times(session, branch_id, times, now)
        kinds += len(times)
    for branch_id, tries in (await store.tries(session, now)).items():
        chances = meeting_chances(tries)
        await store.keep_chances(session, branch_id, chances, now)
        cases += len(chances)
    await store.forget_older(session, now)
    return Learned(kinds, cases)
