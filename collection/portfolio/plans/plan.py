"""When and in how many parts an account is to be paid."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.errors import InvalidField
from core.said import say

MOST_INSTALLMENTS = 600


@dataclass(frozen=True, slots=True)
class InstallmentPlan:
    """An account, by the lender's number, is paid in `installments` parts from `first_on` on, one
    each `every` days or months. A month without that day has its last one instead.

    The parts are as equal as whole minor units allow, and add up to `principal_minor` and
    `interest_minor`. Raises `InvalidField`.
    """

    account_ref: str
    first_on: date
    every: int
    unit: Literal["day", "month"]
    installments: int
    principal_minor: int
    interest_minor: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.every <= 366:
            raise InvalidField("every", say("1 to 366"))
        if not 1 <= self.installments <= MOST_INSTALLMENTS:
            raise InvalidField(
                "installments", say("1 to {most_installments}", most_installments=MOST_INSTALLMENTS)
            )
        if min(self.principal_minor, self.interest_minor) < 0:
            raise InvalidField("principal_minor", say("amounts of 0 or more"))
        if self.principal_minor + self.interest_minor < self.installments:
            raise InvalidField("principal_minor", say("at least one minor unit an installment"))
