"""A device, and who carried it on duty when: what turns a device's ping into an agent's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from identity.policies.policy import Policies


@dataclass(frozen=True, slots=True)
class Carriage:
    """An agent (of a branch) who carries a device on duty from an instant to another, or until
    further notice. The end does not belong to it."""

    agent_id: UUID
    branch_id: UUID
    since: datetime
    until: datetime | None

    def covers(self, instant: datetime) -> bool:
        """Whether the agent carries the device on duty at `instant`."""
        return self.since <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True, slots=True)
class RunningSelfTest:
    """A trial of the phone with its screen off, under way from an instant to another."""

    id: UUID
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device with everybody who carried it on duty since `known_from`.

    `retention` is how long its branch keeps pings.
    """

    id: UUID
    branch_id: UUID
    known_from: datetime
    carriages: tuple[Carriage, ...]
    retention: timedelta = timedelta(days=Policies().ping_retention_days)
    self_test: RunningSelfTest | None = None

    def carriage_at(self, captured_at: datetime) -> Carriage | None:
        """Who carried the device when a ping was taken: not who carries it when it arrives."""
        for carriage in self.carriages:
            if carriage.covers(captured_at):
                return carriage
        return None
