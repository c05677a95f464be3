"""How long each kind of personal data is kept, and by which policy of a branch."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from identity.policies.policy import Policies


class Kind(StrEnum):
    """A kind of data that grows old."""

    MESSAGE = "message"
    CONTACT = "contact"
    IMPORT_REPORT = "import_report"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed of a kind, what a legal hold kept, and how old the oldest was."""

    count: int
    held: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class RetentionRun:
    """What a night removed in a branch, by a rule: older than `kept_days`."""

    branch_id: UUID
    ran_at: datetime
    kind: Kind
    kept_days: int
    removed: Removed


def kept_days(kind: Kind, policies: Policies) -> int:
    """For how many days a branch keeps a kind of data."""
    days: int = getattr(policies, f"{kind.value}_retention_days")
    return days


def kept_since(now: datetime, days: int) -> datetime:
    """What is older than this goes."""
    return now - timedelta(days=days)
