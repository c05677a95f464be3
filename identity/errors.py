"""What can go wrong with people and devices."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import Conflict, Forbidden, NotFound, Refused, Unavailable
from core.said import say


class NotSignedIn(Forbidden):
    """You are not signed in."""

    @property
    def detail(self) -> str:
        return say("Sign in, then send the token as `Authorization: Bearer …`")


class CallerUnknown(Unavailable):
    """Who you are cannot be found out now."""

    @property
    def detail(self) -> str:
        return say("The database does not answer. Nothing was stored; send it again")


class WrongCredentials(NotSignedIn):
    """The user name or the password is wrong."""

    @property
    def detail(self) -> str:
        return say("Check both and try again; an administrator can set a new password")


@dataclass(eq=False)
class ProofRefused(NotSignedIn):
    """This token is bound to the phone that signed in."""

    expected: str

    @property
    def detail(self) -> str:
        return f"Send it from that phone, with a header `DPoP`: {self.expected}"


@dataclass(eq=False)
class ProofOutOfTime(NotSignedIn):
    """The proof is too old, from the future, or was used before."""

    as_of: datetime

    @property
    def detail(self) -> str:
        return "Put the clock right by `as_of`, and make another proof"


class BindingNeeded(NotSignedIn):
    """Here tokens of agents must be bound to their phone."""

    @property
    def detail(self) -> str:
        return "Open the agents' app, let it get its newest version, and sign in again"


@dataclass(eq=False)
class OtherPhone(Refused):
    """This device key was used on another phone."""

    label: str

    @property
    def detail(self) -> str:
        return f"Ask the office for a new link for {self.label}"


class UnknownDevice(NotSignedIn):
    """No device with this key is enrolled."""

    @property
    def detail(self) -> str:
        return say("Enter the device key exactly as it was shown when the device was enrolled")


class Throttled(Unavailable):
    """This came too often."""

    retry_after_s: int


@dataclass(eq=False)
class AccountLocked(Throttled):
    """Too many wrong passwords."""

    until: datetime
    retry_after_s: int

    @property
    def detail(self) -> str:
        return say(
            "Sign-in is closed until {until:%H:%M} UTC; ask an administrator if it is urgent",
            until=self.until,
        )


@dataclass(eq=False)
class TooManySignIns(Throttled):
    """Too many sign-ins from this address."""

    retry_after_s: int

    @property
    def detail(self) -> str:
        return say("Try again in {retry_after_s} s", retry_after_s=self.retry_after_s)


class SignInCrowd(TooManySignIns):
    """So many sign in at once that your turn did not come."""


@dataclass(eq=False)
class TooManyRequests(Throttled):
    """Too many requests at once."""

    retry_after_s: int
    counted: str

    @property
    def detail(self) -> str:
        return say(
            "This {counted} sends more than the installation allows; go on in {retry_after_s} s",
            counted=self.counted,
            retry_after_s=self.retry_after_s,
        )


class SecondFactorNeeded(NotSignedIn):
    """A code from your authenticator app is needed."""

    @property
    def detail(self) -> str:
        return say(
            "Sign in again with `code`: six digits of the app, or one of your recovery codes"
        )


class UnknownPasskey(NotSignedIn):
    """This passkey opens no account."""

    @property
    def detail(self) -> str:
        return say("Sign in with your password, and add the passkey at your account")


class ChallengeGone(Refused):
    """This took too long, or was done before."""

    @property
    def detail(self) -> str:
        return say("Begin again: what a browser was asked holds for five minutes, and once")


@dataclass(eq=False)
class PasskeyNotFound(NotFound):
    """You have no such passkey."""

    passkey_id: str


class ProviderAway(Unavailable):
    """The identity provider does not answer."""

    @property
    def detail(self) -> str:
        return say("Try again in a moment, or sign in with your password")


@dataclass(eq=False)
class ProviderAnswerUnusable(Refused):
    """The identity provider's answer cannot be used."""

    because: str

    @property
    def detail(self) -> str:
        return say(
            "Begin again. If it stays, tell your administrator: {because}", because=self.because
        )


class NoProvider(NotFound):
    """This installation has no identity provider."""

    @property
    def detail(self) -> str:
        return say("Sign in with your user name and password")


class UnknownAtProvider(NotSignedIn):
    """Nobody here is who the provider says."""

    @property
    def detail(self) -> str:
        return say(
            "Ask your administrator to name your address at the provider, which must be verified"
        )


class ProviderOnly(NotSignedIn):
    """You sign in with your organization's account alone."""

    @property
    def detail(self) -> str:
        return say("Use its button on the sign-in page")


@dataclass(eq=False)
class EmailTaken(Conflict):
    """This address is somebody else's."""

    email: str


@dataclass(eq=False)
class NotAtProvider(NotFound):
    """Nobody has said who this person is at the provider."""

    staff_id: str


class WrongPassword(Refused):
    """This is not your password."""

    @property
    def detail(self) -> str:
        return say("Send the one that you sign in with now")


class WrongPasswordCode(Refused):
    """The code does not open this account."""

    @property
    def detail(self) -> str:
        return say("Check user name and code; a code serves once, for a day. Ask for another")


class OwnPassword(Forbidden):
    """Nobody hands out a code to themselves."""

    @property
    def detail(self) -> str:
        return say("Change your password where you are signed in, or ask another administrator")


class WrongCode(NotSignedIn):
    """The code is wrong, or was used before."""

    @property
    def detail(self) -> str:
        return say("Wait for the app's next code, or use a recovery code that was not used yet")


class AuditAway(Unavailable):
    """The audit trail cannot be written."""

    @property
    def detail(self) -> str:
        return say("Nothing is shown that cannot be recorded; ask again in a moment")


@dataclass(eq=False)
class RoleNotAllowed(Forbidden):
    """Your role may not do this."""

    role: str
    needed: tuple[str, ...]

    @property
    def detail(self) -> str:
        return say(
            "This needs {needed}. You are signed in as: {role}",
            needed=" or ".join(self.needed),
            role=self.role,
        )


@dataclass(eq=False)
class BranchNotFound(NotFound):
    """There is no such branch among yours."""

    branch: str

    @property
    def detail(self) -> str:
        return say("No branch {branch!r} among yours", branch=self.branch)


@dataclass(eq=False)
class NameTaken(Conflict):
    """This name is already in use."""

    field: str
    value: str

    @property
    def detail(self) -> str:
        return say("{field} {value!r} is taken; choose another", field=self.field, value=self.value)


@dataclass(eq=False)
class AgentNotFound(NotFound):
    """There is no such agent among yours."""

    agent_id: str


@dataclass(eq=False)
class DeviceNotFound(NotFound):
    """There is no such device in use among yours."""

    device_id: str


@dataclass(eq=False)
class SessionNotFound(NotFound):
    """There is no such sign-in that still holds."""

    session_id: str


@dataclass(eq=False)
class PersonNotFound(NotFound):
    """There is no such person among yours."""

    staff_id: str


class SecondFactorIsOn(Conflict):
    """A second factor is on already."""

    @property
    def detail(self) -> str:
        return say("Turn it off first, with a code of the app that is on")


class SecondFactorNotBegun(Conflict):
    """No second factor was begun."""

    @property
    def detail(self) -> str:
        return say("Ask for a secret first, and add it to the app")


@dataclass(eq=False)
class RoleChangeNotFound(NotFound):
    """There is no such change of a role among yours."""

    change_id: str


@dataclass(eq=False)
class RoleChangeDecided(Conflict):
    """This was decided already."""

    decision: str

    @property
    def detail(self) -> str:
        return say("It was {decision}; propose another change", decision=self.decision)


class OwnRole(Forbidden):
    """Nobody decides on their own role."""

    @property
    def detail(self) -> str:
        return say("Ask two other administrators: one proposes, one accepts")


class OwnAccount(Forbidden):
    """Nobody keeps themselves out, or lets themselves in."""

    @property
    def detail(self) -> str:
        return say("Ask another administrator")


class SamePerson(Forbidden):
    """Who proposes a role does not accept it."""

    @property
    def detail(self) -> str:
        return say("Ask another administrator to accept it; you can reject it")


@dataclass(eq=False)
class ApiKeyNotFound(NotFound):
    """There is no such key in use among yours."""

    key_id: str
