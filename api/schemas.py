"""What several audiences' bodies share. Unknown members are refused: a typo is not a default."""

import hashlib
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from api.reader import Told
from core.clock import FIRST_DAY, LAST_DAY
from core.fix import Fix
from core.geometry import LatLon
from core.said import say


class Body(BaseModel):
    """A request's body."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    def digest(self) -> bytes:
        """SHA-256 of the body's meaning: a repeat with other white space is the same body."""
        return hashlib.sha256(self.model_dump_json().encode()).digest()


class Answer(BaseModel):
    """A response's body, built from domain values by attribute."""

    model_config = ConfigDict(from_attributes=True)


def _no_count(value: object) -> object:
    """Pydantic takes a number for so many seconds since 1970, in a query even as text."""
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return value
    raise ValueError(say("as in 2026-11-23, or 2026-11-23T12:00:00Z for a time"))


def _told(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(say("from {first} to {last}", first=str(FIRST_DAY), last=str(LAST_DAY)))
    return day


def _told_moment(moment: datetime) -> datetime:
    _told(moment.date())
    return moment


Day = Annotated[date, BeforeValidator(_no_count), AfterValidator(_told)]
"""A day as all requests tell it, RFC 3339: no number, and from 1970 to 2200."""
Moment = Annotated[AwareDatetime, BeforeValidator(_no_count), AfterValidator(_told_moment)]
"""A time as all requests tell it, RFC 3339 with its zone: no number, and of the same years."""
LocalMoment = Annotated[datetime, BeforeValidator(_no_count), AfterValidator(_told_moment)]
"""The same where the zone may be left out, for the branch's."""
FactId = Annotated[UUID, Path(description="UUIDv7 made by the phone, kept until acknowledged")]
Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217")]
Minor = Annotated[int, Field(gt=0, le=10**15, description="minor units of the currency")]


class BecauseBody(Body):
    """Why something is taken back."""

    because: Text


class FixBody(Body):
    """The position that a phone shows with a fact; `accuracy_m` 0 or missing means unknown."""

    lat: Lat
    lon: Lon
    accuracy_m: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None = None
    captured_at: Moment
    mock: bool = False

    def fix(self) -> Fix:
        """The domain's value."""
        return Fix(LatLon(self.lat, self.lon), self.accuracy_m or None, self.captured_at, self.mock)


class ReasonAnswer(Answer):
    """One reason of a verdict."""

    code: str
    text: Told
    facts: dict[str, float | str | bool]


class MoneyBody(Body):
    """An amount of money in minor units."""

    amount_minor: Minor
    currency: Currency


class MoneyAnswer(Answer):
    """An amount of money in minor units (may be zero)."""

    amount_minor: int
    currency: str


class PositionAnswer(Answer):
    """A position in degrees, WGS84."""

    lat: float
    lon: float


def _in_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(_in_utc)]
"""A time as all answers tell it: RFC 3339, in UTC, whatever zone the question came in."""
