"""Judge agents' days: for forged positions and for claims that the pings contradict."""

from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.said import say
from data.alerts import clear_alert, raise_alert
from data.session import Session
from geofence.check_out import Outcome
from geofence.gaming.away import beyond_m
from geofence.gaming.locked_doors import too_often
from geofence.gaming.on_the_way import on_the_way
from geofence.spoofing.day import judge_day
from geofence.spoofing.phone_day import PhoneDay, in_order
from geofence.suspicions import store
from geofence.suspicions.days import store as days_store
from geofence.suspicions.finding import (
    A_FACT,
    Finding,
    Kind,
    check_in_on_the_way,
    forged_day,
    locked_doors,
    receipt_away,
    reused_photo,
    worth_keeping,
)
from geofence.suspicions.work import Claims, DayToJudge, Span

MOST_AT_ONCE = 16
"""Days of one transaction: with the days before them, some hundred megabytes at the worst."""

OLDER_DAYS = 30
"""How far back a track is looked for that is sent again; those are read once, after a day's end."""

VISITS_KNOWN_AFTER = timedelta(minutes=15)
"""A check-in younger than that may still become a visit."""

ALERT = "spoofing"
"""The kind of the alert that a newly suspected day raises."""

NOBODY = (Outcome.NOT_HOME, Outcome.DOOR_LOCKED)
WEEKS = timedelta(weeks=2)

LOOK_BACK = timedelta(days=2)
"""How far back new photos are compared; a worker that was away for longer has missed some."""

ONE_VISIT_S = 4 * 3600.0
"""A photo that is sent twice for one customer within that time is of one visit."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How many days a look judged, and how many findings were news."""

    days: int
    news: int


async def judge_days(session: Session, now: datetime, most: int = MOST_AT_ONCE) -> Looked | None:
    """Judge the days that have waited longest; None while another worker is at it."""
    # 1. One worker at a time: a finding is news to whoever finds it first.
    if not await days_store.begin_sweep(session):
        return None
    days = await days_store.days_waiting(session, now, most)
    if not days:
        return Looked(0, 0)
    # 2. What the phones sent, on the days before too, and what the agents reported.
    today = await days_store.pings_of(session, [Span(d.agent_id, d.begin, d.end) for d in days])
    claims = await days_store.claims_of(session, days)
    findings: list[Finding] = []
    for day, pings, claimed in zip(days, today, claims, strict=True):
        older = await _older(session, day, pings)
        # In a thread: other loops of this process must not wait for a month of pings.
        findings += await to_thread(_findings, day, pings, older, claimed, now)
    # 3. What of that is news.
    news = await keep(session, findings, now)
    await days_store.mark_judged(session, days, now)
    return Looked(len(days), news)


async def _older(session: Session, day: DayToJudge, pings: PhoneDay) -> Sequence[PhoneDay]:
    if not day.is_over or not len(pings):
        return ()
    older = await days_store.pings_of(session, days_store.older_than(day, OLDER_DAYS))
    return [each for each in older if len(each)]


def _findings(
    day: DayToJudge, pings: PhoneDay, older: Sequence[PhoneDay], claims: Claims, now: datetime
) -> list[Finding]:
    who = day.branch_id, day.agent_id, day.day
    settled_s = (now - VISITS_KNOWN_AFTER).timestamp()
    check_ins = [claim for claim in claims.check_ins if claim.at_s <= settled_s]
    made = on_the_way(in_order(pings), check_ins, claims.stays)
    away = [(receipt, beyond_m(receipt)) for receipt in claims.receipts]
    return [
        forged_day(*who, judge_day(pings, older, claims.doors)),
        *(check_in_on_the_way(*who, each) for each in made),
        *(receipt_away(*who, receipt, beyond) for receipt, beyond in away if beyond is not None),
    ]


async def judge_outcomes(session: Session, now: datetime) -> int:
    """Look for agents who find too many doors locked; how many were news.

    Each is told once a week, under the week's Monday.
    """
    found = too_often(
        await days_store.outcomes(session, now - WEEKS, now, [each.value for each in NOBODY])
    )
    monday = now.date() - timedelta(days=now.weekday())
    return await keep(session, [locked_doors(monday, each) for each in found], now)


async def judge_photos(session: Session, now: datetime) -> int:
    """Look for photos and signatures that were sent in before; how many were news."""
    found = await days_store.reused_files(session, now - LOOK_BACK, ONE_VISIT_S)
    return await keep(session, [reused_photo(each) for each in found], now)


async def keep(session: Session, findings: Sequence[Finding], now: datetime) -> int:
    """Put what is news into the queue, and have the alerts of suspected days open; how many."""
    news = await store.keep_findings(session, worth_keeping(findings), now)
    for suspicion_id, finding in news:
        if finding.kind is not Kind.FORGED_DAY:
            continue
        if finding.score < A_FACT:
            await clear_alert(session, finding.branch_id, ALERT, suspicion_id, now)
            continue
        await raise_alert(
            session, finding.branch_id, ALERT, suspicion_id,
            say("Positions may be made up"), finding.reasons[0].text, now,
            agent_id=finding.agent_id,
            facts={
                "suspicion_id": str(suspicion_id), "day": finding.day.isoformat(),
                "score": finding.score, "reasons": [reason.code for reason in finding.reasons],
            },
        )  # fmt: skip
    return len(news)
