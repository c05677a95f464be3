"""A finding for the queue: what it is about, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geofence.gaming.away import ReceiptClaim
from geofence.gaming.locked_doors import TooOften
from geofence.gaming.on_the_way import OnTheWay
from geofence.gaming.reused import ReusedFile
from geofence.spoofing.suspicion import Judgement


class Kind(StrEnum):
    """What a suspicion is about."""

    FORGED_DAY = "forged_day"
    RECEIPT_AWAY = "receipt_away"
    LOCKED_DOORS = "locked_doors"
    CHECK_IN_ON_THE_WAY = "check_in_on_the_way"
    REUSED_PHOTO = "reused_photo"


A_FACT = 0.5
"""The score of what is no likelihood: it happened, and a person has to say whether that is fine."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a finding; figures have their units in their names, times are in UTC."""

    code: str
    text: str
    figures: dict[str, float] = field(default_factory=dict)
    began_at: datetime | None = None
    ended_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored and told."""
        times = (self.began_at, self.ended_at)
        began_at, ended_at = (at.isoformat() if at else None for at in times)
        return {
            "code": self.code, "text": self.text, "figures": self.figures,
            "began_at": began_at, "ended_at": ended_at,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Something for the queue. Of one kind about one subject and day there is one."""

    branch_id: UUID
    agent_id: UUID
    day: date
    kind: Kind
    subject_id: UUID
    score: float
    reasons: tuple[Reason, ...]
    subject_ids: tuple[UUID, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """The reasons' codes: other ones are new evidence, other figures are not."""
        return frozenset(reason.code for reason in self.reasons)


def forged_day(branch_id: UUID, agent_id: UUID, day: date, judgement: Judgement) -> Finding:
    """The finding that a judgement of a day comes to, whatever its score."""
    reasons = tuple(
        Reason(
            sign.code,
            sign.text,
            {"honest_rate": sign.honest_rate, **{f.name: f.value for f in sign.figures}},
            _at(sign.began_s),
            _at(sign.ended_s),
        )
        for sign in judgement.reasons
    )
    return Finding(branch_id, agent_id, day, Kind.FORGED_DAY, agent_id, judgement.score, reasons)


def receipt_away(
    branch_id: UUID, agent_id: UUID, day: date, receipt: ReceiptClaim, beyond_m: float
) -> Finding:
    """The finding of a receipt that was taken far away."""
    where = (
        "the agent was at the door at another time of the day"
        if receipt.visited
        else "no ping shows the agent at the door on that day"
    )
    reason = Reason(
        "receipt-away",
        f"Receipt {receipt.number} was taken {receipt.distance_m / 1000:.1f} km from the door;"
        f" {where}",
        {"distance_m": receipt.distance_m, "beyond_m": beyond_m, "visited": float(receipt.visited)},
        _at(receipt.at_s),
        _at(receipt.at_s),
    )
    return Finding(
        branch_id, agent_id, day, Kind.RECEIPT_AWAY, receipt.id, A_FACT, (reason,), (receipt.id,)
    )


def check_in_on_the_way(branch_id: UUID, agent_id: UUID, day: date, made: OnTheWay) -> Finding:
    """The finding of a check-in that was made while riding past."""
    at = _at(made.check_in.at_s)
    reason = Reason(
        "on-the-way",
        f"The phone rode at {3.6 * made.before_mps:.0f} km/h before and"
        f" {3.6 * made.after_mps:.0f} km/h after the check-in, and did not stay within ten minutes",
        {"before_mps": made.before_mps, "after_mps": made.after_mps},
        at,
        at,
    )
    subject = made.check_in.id
    return Finding(
        branch_id, agent_id, day, Kind.CHECK_IN_ON_THE_WAY, subject, A_FACT, (reason,), (subject,)
    )


def locked_doors(day: date, found: TooOften) -> Finding:
    """The finding of an agent who finds too many doors locked in the weeks before `day`."""
    of = found.outcomes
    reason = Reason(
        "locked-too-often",
        f"Nobody answered at {of.locked} of {of.visits} visits ({found.share:.0%}); with the"
        f" branch's other agents it is {found.branch_share:.0%}",
        {
            "visits": of.visits, "locked": of.locked, "share": found.share,
            "branch_share": found.branch_share, "by_chance": found.by_chance,
        },
    )  # fmt: skip
    return Finding(
        of.branch_id, of.agent_id, day, Kind.LOCKED_DOORS, of.agent_id, A_FACT, (reason,),
        of.check_in_ids,
    )  # fmt: skip


def reused_photo(found: ReusedFile) -> Finding:
    """The finding of a photo or a signature that was sent in before."""
    whose = "this agent's" if found.same_agent else "another agent's"
    where = "at the same customer" if found.same_customer else "at another customer"
    reason = Reason(
        "reused-photo",
        f"This {found.kind} is to the byte {whose} of {found.first_taken_at:%Y-%m-%d %H:%M} UTC,"
        f" taken {where}",
        {"apart_h": (found.taken_at - found.first_taken_at).total_seconds() / 3600},
        found.taken_at,
        found.taken_at,
    )
    return Finding(
        found.branch_id, found.agent_id, found.day, Kind.REUSED_PHOTO, found.id, A_FACT, (reason,),
        (found.id, found.first_id),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """The newest version of a finding that is in the queue."""

    id: UUID
    version: int
    score: float
    codes: frozenset[str]


def is_news(finding: Finding, known: Known | None) -> bool:
    """Whether a finding belongs into the queue, as a first or a new version.

    A day comes in when it is suspected; from then on each further reason is told, and when it is
    suspected no more or again. Figures that grow with the day are no news.
    """
    if known is None:
        return finding.score >= A_FACT
    return not finding.codes <= known.codes or (finding.score >= A_FACT) != (known.score >= A_FACT)


def worth_keeping(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for each kind, subject and day: the last one told."""
    return list({(f.kind, f.subject_id, f.day): f for f in findings}.values())


def _at(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)
