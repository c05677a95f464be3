"""Where a case lies among the territories, in a sentence with the numbers."""

from dataclasses import dataclass
from typing import Literal

Basis = Literal["point", "area", "pincode", "pincode_middle", "nowhere", "unknown"]
"""By what a case is of its territory: its point, the middle of the area that its address is known
as, its pin code, the middle of the known addresses of that pin code; or `nowhere`: it lies in none,
and `unknown`: nobody knows where it is."""

NO_POINT = "its address has no point"
FAR_M = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """A case's territory. `area` is, in words, what its address is known as where it is no point.

    Where its point is in no shape, `nearest` is the territory whose border is nearest, `nearest_m`
    away; None where the branch has no shapes.
    """

    basis: Basis
    code: str | None
    name: str | None
    pincode: str | None
    area: str | None = None
    nearest: str | None = None
    nearest_m: float | None = None

    @property
    def sentence(self) -> str:
        """In which territory, and why."""
        known = f" ({self.area})" if self.area else ""
        why = NO_POINT if self.nearest_m is None else "its point is in no shape"
        told = f"pin code {self.pincode} is of none" if self.pincode else "nor a pin code"
        return {
            "point": f"in {self.code} by its point",
            "area": f"in {self.code} by the middle of its area{known}",
            "pincode": f"in {self.code} by pin code {self.pincode}; {why}",
            "pincode_middle": f"in {self.code} by the middle of pin code {self.pincode};"
            f" {NO_POINT}",
            "nowhere": f"in no territory: {self._away}",
            "unknown": f"in no territory: {NO_POINT}, {told}",
        }[self.basis]

    @property
    def _away(self) -> str:
        if self.nearest is None or self.nearest_m is None:
            return "no shape is drawn"
        far = f"{max(1, round(self.nearest_m)):,} m"
        if self.nearest_m >= FAR_M:
            far = f"{self.nearest_m / 1000:,.1f} km"
        return f"{far} outside {self.nearest}, the nearest"
