"""What can go wrong with people and devices."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import Conflict, Forbidden, NotFound, Unavailable


class NotSignedIn(Forbidden):
    """You are not signed in."""

    @property
    def detail(self) -> str:
        return "Sign in, then send the token as `Authorization: Bearer …`"


class WrongCredentials(NotSignedIn):
    """The user name or the password is wrong."""

    @property
    def detail(self) -> str:
        return "Check both and try again; an administrator can set a new password"


class UnknownDevice(NotSignedIn):
    """No device with this key is enrolled."""

    @property
    def detail(self) -> str:
        return "Enter the device key exactly as it was shown when the device was enrolled"


@dataclass(eq=False)
class AccountLocked(Unavailable):
    """Too many wrong passwords."""

    until: datetime

    @property
    def detail(self) -> str:
        return (
            f"Sign-in is closed until {self.until:%H:%M} UTC; ask an administrator if it is urgent"
        )


class AuditAway(Unavailable):
    """The audit trail cannot be written."""

    @property
    def detail(self) -> str:
        return "Nothing is shown that cannot be recorded; ask again in a moment"


@dataclass(eq=False)
class RoleNotAllowed(Forbidden):
    """Your role may not do this."""

    role: str
    allowed: tuple[str, ...]

    @property
    def detail(self) -> str:
        return f"This is for: {', '.join(self.allowed)}. You are signed in as: {self.role}"


@dataclass(eq=False)
class BranchNotFound(NotFound):
    """There is no such branch among yours."""

    branch: str

    @property
    def detail(self) -> str:
        return f"No branch {self.branch!r} among yours"


@dataclass(eq=False)
class NameTaken(Conflict):
    """This name is already in use."""

    field: str
    value: str

    @property
    def detail(self) -> str:
        return f"{self.field} {self.value!r} is taken; choose another"


@dataclass(eq=False)
class AgentNotFound(NotFound):
    """There is no such agent among yours."""

    agent_id: str


@dataclass(eq=False)
class DeviceNotFound(NotFound):
    """There is no such device in use among yours."""

    device_id: str
