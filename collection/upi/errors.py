"""What can go wrong with UPI links."""

from dataclasses import dataclass

from core.errors import NotFound, Refused
from core.said import say


@dataclass(eq=False)
class AccountNotFound(NotFound):
    """There is no such account among yours."""

    account_id: str


@dataclass(eq=False)
class NoUpiPayee(Refused):
    """This branch takes no UPI payments."""

    branch: str

    @property
    def detail(self) -> str:
        return say(
            "Set the policy upi_payee_vpa of {branch} to the address that is paid to",
            branch=self.branch,
        )


@dataclass(eq=False)
class NothingDue(Refused):
    """Nothing is due on this account."""

    account: str

    @property
    def detail(self) -> str:
        return say("Say with amount_minor how much is to be paid")
