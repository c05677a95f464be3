"""A file of people, from bytes to who can be enrolled and what is wrong with the other rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from collection.enrollment.columns import BY_NAME, guessed
from collection.enrollment.errors import UnreadableRoster
from collection.enrollment.vehicles import vehicle_called
from collection.phone import e164
from collection.portfolio.demand_text import decoded, records
from collection.portfolio.errors import UnreadableDemandFile
from core.errors import InvalidField
from core.geometry import LatLon
from core.money import Money, parse_amount
from core.said import say
from identity.language import language_code
from identity.role import Role
from identity.store import BranchView
from streets.profile import Profile

MOST_ROWS = 5_000
DELIMITERS = (",", ";", "\t")
ROLES = tuple(role for role in Role if role not in {Role.INTEGRATION, Role.CUSTOMER, Role.ADMIN})
"""Administrators are added one by one."""

_USERNAME = re.compile(r"[a-z0-9._-]{3,50}")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class NewRoster:
    """A file as it came in, and how to read it: `columns` is our name to the file's header, `same`
    our name to what holds for all rows. What is in neither is guessed from the header."""

    content: bytes
    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)


class RowProblem(NamedTuple):
    """Why a row cannot be enrolled."""

    line: int
    column: str
    value: str
    expected: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """A row that can be enrolled. `home` and `cash_limit` are of agents."""

    line: int
    full_name: str
    username: str
    role: Role
    branch: BranchView
    phone: str | None
    home: LatLon | None
    cash_limit: Money | None
    vehicle: Profile
    languages: tuple[str, ...]
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """What a file says: how it was read, who can be enrolled, and what is wrong with the rest."""

    header: tuple[str, ...]
    columns: Mapping[str, str]
    rows_read: int
    applicants: tuple[Applicant, ...]
    problems: tuple[RowProblem, ...]


class _Wrong(Exception):
    def __init__(self, column: str, value: str, expected: str) -> None:
        super().__init__(expected)
        self.column, self.value, self.expected = column, value, expected


def read_roster(new: NewRoster, branches: Mapping[str, BranchView]) -> Roster:
    """Read a file of people: CSV with a header; comma, semicolon or tab; UTF-8 or Windows-1252.

    `branches` are those that people may be enrolled at, by code. Raises `UnreadableRoster` for a
    file that cannot be read as a whole, or `InvalidField` for a column that it does not have.
    """
    try:
        text, _ = decoded(new.content)
        delimiter = max(DELIMITERS, key=lambda d: len(next(records(text, d), (1, None))[1] or ()))
        lines = list(records(text, delimiter))
    except UnreadableDemandFile as error:
        raise UnreadableRoster(error.problem, error.line) from None
    if len(lines) < 2 or lines[0][1] is None:
        raise UnreadableRoster("a header and a row for each person")
    if len(lines) - 1 > MOST_ROWS:
        raise UnreadableRoster(f"at most {MOST_ROWS:,} people in one file")
    header = tuple(lines[0][1])
    columns = _columns(header, new)
    places = {ours: header.index(name) for ours, name in columns.items()}
    applicants: list[Applicant] = []
    problems: list[RowProblem] = []
    first_line: dict[str, int] = {}
    for line, cells in lines[1:]:
        try:
            said = _said(cells, places, len(header), new.same)
            one = _applicant(line, said, branches)
            before = first_line.setdefault(one.username, line)
            if before != line:
                raise _Wrong("username", one.username, f"another one; line {before} has it")
        except _Wrong as wrong:
            problems.append(RowProblem(line, wrong.column, wrong.value[:_LONGEST], wrong.expected))
        else:
            applicants.append(one)
    return Roster(header, columns, len(lines) - 1, tuple(applicants), tuple(problems))


def without_taken(roster: Roster, taken: set[str]) -> Roster:
    """The same without those whose user name somebody has already, who are problems now."""
    found = [
        RowProblem(one.line, "username", one.username, "another one; somebody has it already")
        for one in roster.applicants
        if one.username in taken
    ]
    left = tuple(one for one in roster.applicants if one.username not in taken)
    problems = tuple(sorted((*roster.problems, *found)))
    return Roster(roster.header, roster.columns, roster.rows_read, left, problems)


def _columns(header: Sequence[str], new: NewRoster) -> dict[str, str]:
    for name, its in new.columns.items():
        if name not in BY_NAME:
            raise InvalidField(
                f"columns.{name}", say("one of {by_name}", by_name=", ".join(BY_NAME))
            )
        if its and its not in header:
            raise InvalidField(
                f"columns.{name}",
                say("one of the file's: {header}", header=", ".join(header)[:500]),
            )
    for name in new.same:
        if name not in BY_NAME or not BY_NAME[name].same_for_all:
            allowed = ", ".join(c.name for c in BY_NAME.values() if c.same_for_all)
            raise InvalidField(f"same.{name}", say("one of {allowed}", allowed=allowed))
    known = {ours: its for ours, its in guessed(header).items() if ours not in new.same}
    # An empty name says that a column is not to be used, however likely it looks.
    chosen = {ours: its for ours, its in {**known, **new.columns}.items() if its}
    for column in BY_NAME.values():
        if column.needed and column.name not in chosen and not new.same.get(column.name):
            raise InvalidField(f"columns.{column.name}", say("a column of the file"))
    return chosen


def _said(
    cells: Sequence[str] | None, places: Mapping[str, int], width: int, same: Mapping[str, str]
) -> dict[str, str]:
    if cells is None:
        raise _Wrong("", "", 'quotes that close; one inside a cell is written ""')
    if len(cells) != width:
        raise _Wrong("", f"{len(cells)} cells", f"{width} cells, as in the header")
    said = {name: cells[place] for name, place in places.items()}
    return {name: value for name, value in {**same, **said}.items() if value}


def _applicant(line: int, said: Mapping[str, str], branches: Mapping[str, BranchView]) -> Applicant:
    full_name = _needed(said, "full_name", "a name")
    if len(full_name) > _LONGEST:
        raise _Wrong("full_name", full_name, f"at most {_LONGEST} characters")
    username = _needed(said, "username", "a user name").lower()
    if not _USERNAME.fullmatch(username):
        raise _Wrong("username", username, "3 to 50 letters, digits, dots, dashes or underscores")
    branch = branches.get(_needed(said, "branch_code", "the code of a branch"))
    if branch is None:
        expected = say("a branch of yours: {branches}", branches=", ".join(sorted(branches)[:20]))
        raise _Wrong("branch_code", said["branch_code"], expected)
    role = _role(_needed(said, "role", "a role"))
    is_agent = role is Role.AGENT
    return Applicant(
        line, full_name, username, role, branch, _phone(said, branch.country),
        _home(said, branch) if is_agent else None,
        _cash_limit(said, branch.currency) if is_agent else None,
        _vehicle(said) if is_agent else Profile.TWO_WHEELER,
        tuple(language_code(each) for each in _words(said, "languages")),
        _words(said, "skills"),
    )  # fmt: skip


def _needed(said: Mapping[str, str], name: str, expected: str) -> str:
    if name not in said:
        raise _Wrong(name, "", expected)
    return said[name]


def _role(given: str) -> Role:
    plain = re.sub(r"[^a-z]+", "_", given.casefold()).strip("_")
    if plain not in ROLES:
        raise _Wrong("role", given, f"one of {', '.join(ROLES)}")
    return Role(plain)


def _phone(said: Mapping[str, str], country: str) -> str | None:
    if "phone" not in said:
        return None
    number = e164(said["phone"], country)
    if number is None:
        raise _Wrong("phone", said["phone"], "a phone number, with its country or of the branch's")
    return number


def _home(said: Mapping[str, str], branch: BranchView) -> LatLon:
    if "home_lat" not in said and "home_lon" not in said:
        if branch.location is None:
            raise _Wrong("home_lat", "", f"a position: branch {branch.code} has none either")
        return branch.location
    degrees = {"home_lat": 90.0, "home_lon": 180.0}
    return LatLon(*(_degrees(said, name, most) for name, most in degrees.items()))


def _degrees(said: Mapping[str, str], name: str, most: float) -> float:
    value = said.get(name, "")
    try:
        degrees = float(value)
    except ValueError:
        degrees = float("nan")
    if not abs(degrees) <= most:
        raise _Wrong(name, value, f"degrees from -{most:.0f} to {most:.0f}, such as 19.0760")
    return degrees


def _cash_limit(said: Mapping[str, str], currency: str) -> Money:
    try:
        limit = parse_amount(said.get("cash_limit", "0"), currency)
    except InvalidField as wrong:
        raise _Wrong("cash_limit", said["cash_limit"], wrong.expected) from None
    if limit.amount_minor < 0:
        raise _Wrong("cash_limit", said["cash_limit"], "0 or more")
    return limit


def _vehicle(said: Mapping[str, str]) -> Profile:
    given = said.get("vehicle", Profile.TWO_WHEELER.value)
    vehicle = vehicle_called(given)
    if vehicle is None:
        expected = say(
            "how an agent gets about, such as {examples}",
            examples="walking, on foot, two-wheeler, motorcycle, bike, scooter, car",
        )
        raise _Wrong("vehicle", given, expected)
    return vehicle


def _words(said: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(re.split(r"[\s,;/]+", said[name].strip())) if name in said else ()
