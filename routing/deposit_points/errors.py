"""What can go wrong with deposit points."""

from dataclasses import dataclass

from core.errors import NotFound


@dataclass(eq=False)
class DepositPointNotFound(NotFound):
    """There is no such deposit point in your branches."""

    deposit_point_id: str
