"""An agent on duty, with what the phone they carry last told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When something about a phone is worth an alert. A branch sets the first two."""

    stale_after: timedelta = timedelta(minutes=10)
    battery_low_pct: float = 15.0
    battery_recovered_by_pct: float = 5.0
    mock_for: timedelta = timedelta(minutes=30)
    skew: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Phone:
    """What the phone last told while its present holder carried it; None where it never said."""

    id: UUID
    label: str
    heard_at: datetime | None = None
    battery_pct: float | None = None
    is_charging: bool | None = None
    tracking: str | None = None
    gps: str | None = None
    permission: str | None = None
    battery_saver: bool | None = None
    mock_at: datetime | None = None
    skew_s: float | None = None
    skew_stated: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """An agent on duty. `since` is when the shift, or the sign-on in it, began.

    `position_at` is the newest position's time by the device, `position_received_at` by us.
    """

    agent_id: UUID
    branch_id: UUID
    name: str
    since: datetime
    phone: Phone | None
    position_at: datetime | None
    position_received_at: datetime | None
    thresholds: Thresholds

    @property
    def silent_since(self) -> datetime:
        """From when on there is no position, by our clock: a wrong one of the phone's is allowed
        for where the phone stated it, and never makes a position younger than its arrival."""
        if self.position_at is None or self.position_received_at is None:
            return self.since
        at = self.position_at
        if self.phone and self.phone.skew_stated and self.phone.skew_s is not None:
            at -= timedelta(seconds=self.phone.skew_s)
        return max(self.since, min(at, self.position_received_at))

    def is_silent(self, now: datetime) -> bool:
        """Whether the branch's patience is over."""
        return now - self.silent_since > self.thresholds.stale_after
