"""What can go wrong with UPI links."""

from dataclasses import dataclass

from core.errors import NotFound, Refused


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
        return f"Set the policy upi_payee_vpa of {self.branch} to the address that is paid to"


@dataclass(eq=False)
class NothingDue(Refused):
    """Nothing is due on this account."""

    account: str

    @property
    def detail(self) -> str:
        return "Say with amount_minor how much is to be paid"
