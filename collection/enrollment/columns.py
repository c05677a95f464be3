"""The columns of a file of people: what each is, and what others call it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """What a file can say of a person. `same_for_all` may be given once, in place of a column."""

    name: str
    meaning: str
    synonyms: tuple[str, ...] = ()
    needed: bool = False
    same_for_all: bool = False


COLUMNS = (
    Column("full_name", "Full name", ("name", "employee_name", "agent_name", "nombre"), True),
    Column(
        "username", "User name, such as the employee number",
        ("user", "user_name", "login", "employee_id", "employee_code", "emp_id", "emp_code",
         "agent_code"), True,
    ),
    Column("role", "Role", ("designation", "job"), True, True),
    Column("branch_code", "Code of the branch", ("branch", "branch_id"), True, True),
    Column("phone", "Phone number", ("mobile", "mobile_no", "phone_no", "contact_no")),
    Column("home_lat", "Home, degrees north (agents; else the branch)", ("lat", "latitude")),
    Column("home_lon", "Home, degrees east (agents; else the branch)", ("lon", "lng", "longitude")),
    Column(
        "cash_limit", "Cash limit of agents, as money is written", ("limit", "cash_in_hand_limit"),
        False, True,
    ),
    Column(
        "vehicle", "Agents: on foot, by two-wheeler or by car", ("transport", "conveyance"),
        False, True,
    ),
    Column("languages", "Languages, blanks between", ("language", "lang")),
    Column("skills", "Skills, blanks between", ("skill",)),
)  # fmt: skip

BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


_KNOWN = {_plain(name): c.name for c in COLUMNS for name in (c.name, c.meaning, *c.synonyms)}


def guessed(header: Sequence[str]) -> dict[str, str]:
    """Which of a file's columns is likely which of ours: our name to its header. Case, blanks and
    punctuation do not matter; the first of two that fit is taken."""
    found: dict[str, str] = {}
    for name in header:
        ours = _KNOWN.get(_plain(name))
        if ours and ours not in found:
            found[ours] = name
    return found


def example_csv() -> str:
    """A file to start from: the header, and two invented people."""
    header = ",".join(column.name for column in COLUMNS)
    return (
        f"{header}\n"
        "Asha Ejemplo,e1017,agent,LS01,+919876543210,19.0760,72.8777,20000,two_wheeler,hi en,\n"
        "Ravi Muster,e1018,supervisor,LS01,,,,,,,\n"
    )
