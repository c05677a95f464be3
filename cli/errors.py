"""What can go wrong around the product: on this machine rather than in its data."""

from dataclasses import dataclass

from core.errors import Refused, Unavailable
from core.said import say


@dataclass(eq=False)
class MissingPackages(Unavailable):
    """A package of the operating system is missing."""

    purpose: str
    command: str

    @property
    def detail(self) -> str:
        return say("{purpose}. Type:\n  {command}", purpose=self.purpose, command=self.command)


@dataclass(eq=False)
class UnusableFolder(Unavailable):
    """The state folder cannot be used."""

    folder: str
    reason: str

    @property
    def detail(self) -> str:
        return say(
            "{folder}: {reason}. Choose another place with ROUNDSMAN_STATE_DIR=/some/folder",
            folder=self.folder,
            reason=self.reason,
        )


@dataclass(eq=False)
class ServiceDidNotStart(Unavailable):
    """A private service did not start.

    `log_tail` is what it said last.
    """

    service: str
    log_file: str
    log_tail: str

    @property
    def detail(self) -> str:
        return say(
            "{service} did not start; {log_file} ends with:\n{log_tail}",
            service=self.service,
            log_file=self.log_file,
            log_tail=self.log_tail,
        )


@dataclass(eq=False)
class ChildDied(Unavailable):
    """A process that must keep running has ended, or never became ready.

    `exit_code` is None for the latter (a signal's number, negated, where one ended it); `log_tail`
    is what the process said last.
    """

    child: str
    exit_code: int | None
    log_file: str
    log_tail: str

    @property
    def detail(self) -> str:
        what = "is not ready" if self.exit_code is None else f"ended with code {self.exit_code}"
        return say(
            "{child} {what}; {log_file} ends with:\n{log_tail}",
            child=self.child,
            what=what,
            log_file=self.log_file,
            log_tail=self.log_tail,
        )


@dataclass(eq=False)
class PortTaken(Unavailable):
    """Something else listens on this port."""

    port: int

    @property
    def detail(self) -> str:
        return say("{port}; choose another with --port", port=self.port)


class HoldsDemonstration(Refused):
    """This database holds the demonstration."""

    @property
    def detail(self) -> str:
        return say(
            "Play it with `./roundsman demo`. For an installation of your own set "
            "DATABASE_URL to another database, or ROUNDSMAN_STATE_DIR to another folder"
        )
