"""Where a case lies among the territories, in a sentence with the numbers."""

from dataclasses import dataclass
from typing import Literal

from core.said import say

Basis = Literal["point", "area", "pincode", "pincode_middle", "nowhere", "unknown"]
"""By what a case is of its territory: its point, the middle of the area that its address is known
as, its pin code, the middle of the known addresses of that pin code; or `nowhere`: it lies in none,
and `unknown`: nobody knows where it is."""

NO_POINT = say("its address has no point")
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
        why = NO_POINT if self.nearest_m is None else say("its point is in no shape")
        told = (
            say("pin code {pincode} is of none", pincode=self.pincode)
            if self.pincode
            else say("nor a pin code")
        )
        return {
            "point": say("in {code} by its point", code=self.code),
            "area": say("in {code} by the middle of its area{known}", code=self.code, known=known),
            "pincode": say(
                "in {code} by pin code {pincode}; {why}",
                code=self.code,
                pincode=self.pincode,
                why=why,
            ),
            "pincode_middle": say(
                "in {code} by the middle of pin code {pincode}; {no_point}",
                code=self.code,
                pincode=self.pincode,
                no_point=NO_POINT,
            ),
            "nowhere": say("in no territory: {away}", away=self._away),
            "unknown": say("in no territory: {no_point}, {told}", no_point=NO_POINT, told=told),
        }[self.basis]

    @property
    def _away(self) -> str:
        if self.nearest is None or self.nearest_m is None:
            return say("no shape is drawn")
        far = f"{max(1, round(self.nearest_m)):,} m"
        if self.nearest_m >= FAR_M:
            far = say("{nearest_m:,.1f} km", nearest_m=self.nearest_m / 1000)
        return say("{far} outside {nearest}, the nearest", far=far, nearest=self.nearest)
