"""Files of people: what is understood, and what is told of what is not."""

import pytest

from collection.enrollment.errors import UnreadableRoster
from collection.enrollment.roster import NewRoster, read_roster, without_taken
from core.errors import InvalidField
from core.geometry import LatLon
from core.ids import new_id
from core.money import Money
from identity.role import Role
from identity.store import BranchView

HERE = LatLon(19.076, 72.8777)
BRANCHES = {
    "MUM": BranchView(new_id(), "MUM", "Mumbai", "Asia/Kolkata", "IN", "INR", HERE),
    "PUN": BranchView(new_id(), "PUN", "Pune", "Asia/Kolkata", "IN", "INR", None),
}
HEAD = "name,employee id,designation,branch,mobile,cash limit\n"


def read(body: str, **how: dict[str, str]):  # type: ignore[no-untyped-def]
    return read_roster(NewRoster((HEAD + body).encode(), "people.csv", **how), BRANCHES)


def test_columns_are_known_by_what_others_call_them() -> None:
    roster = read('Asha Rao,E-17,Agent,MUM,98765 43210,"20,000.50"\n')
    (asha,) = roster.applicants
    assert (asha.username, asha.role, asha.branch.code) == ("e-17", Role.AGENT, "MUM")
    assert (asha.phone, asha.cash_limit, asha.home) == (
        "+919876543210", Money(2_000_050, "INR"), HERE,
    )  # fmt: skip
    assert roster.columns["username"] == "employee id"


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (",E1,Agent,MUM,,", "full_name", "a name"),
        ("Asha,E1 x,Agent,MUM,,", "username", "3 to 50 letters"),
        ("Asha,E17,Boss,MUM,,", "role", "one of agent"),
        ("Asha,E17,Admin,MUM,,", "role", "one of agent"),
        ("Asha,E17,Agent,DEL,,", "branch_code", "a branch of yours: MUM, PUN"),
        ("Asha,E17,Agent,MUM,12,", "phone", "a phone number"),
        ("Asha,E17,Agent,MUM,,much", "cash_limit", "a number with a point"),
        ("Asha,E17,Agent,MUM,,-5", "cash_limit", "0 or more"),
        ("Asha,E17,Agent,PUN,,", "home_lat", "a position: branch PUN has none either"),
        ("Asha,E17,Agent,MUM", "", "6 cells"),
        ('"Asha,E17', "", "quotes that close"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_column(
    row: str, column: str, expected: str
) -> None:
    if row.startswith('"'):
        with pytest.raises(UnreadableRoster):
            read(row + "\nAsha,E18,Agent,MUM,,\n")
        return
    roster = read(f"{row}\nRavi,E99,Supervisor,PUN,,\n")
    (problem,) = roster.problems
    assert (problem.line, problem.column) == (2, column)
    assert problem.expected.startswith(expected)
    assert [one.username for one in roster.applicants] == ["e99"]


def test_a_user_name_is_once_in_a_file_and_once_in_the_installation() -> None:
    rows = "Asha,E17,Agent,MUM,,\nRavi,e17,Agent,MUM,,\nUma,E18,Agent,MUM,,\n"
    roster = without_taken(read(rows), {"e18"})
    assert [one.username for one in roster.applicants] == ["e17"]
    assert [(p.line, p.column) for p in roster.problems] == [(3, "username"), (4, "username")]
    assert "line 2 has it" in roster.problems[0].expected


def test_what_is_the_same_for_all_needs_no_column() -> None:
    content = b"Nombre;Clave\nAsha;E17\n"
    new = NewRoster(
        content, "people.csv", {"username": "Clave"}, {"role": "tele_caller", "branch_code": "PUN"}
    )
    (asha,) = read_roster(new, BRANCHES).applicants
    assert (asha.full_name, asha.role, asha.cash_limit) == ("Asha", Role.TELE_CALLER, None)


@pytest.mark.parametrize(
    ("columns", "same", "field"),
    [
        ({"username": ""}, {}, "columns.username"),
        ({"username": "no such"}, {}, "columns.username"),
        ({"shoe_size": "name"}, {}, "columns.shoe_size"),
        ({}, {"username": "all"}, "same.username"),
    ],
)
def test_a_mapping_that_cannot_be_is_told(
    columns: dict[str, str], same: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        read("Asha,E17,Agent,MUM,,\n", columns=columns, same=same)
    assert refused.value.field == field


@pytest.mark.parametrize("content", [b"", b"name\n", b"PK\x03\x04", b"a,b\n" + b"x,y\n" * 5_001])
def test_a_file_that_cannot_be_read_as_a_whole_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableRoster):
        read_roster(NewRoster(content, "people.csv"), BRANCHES)
