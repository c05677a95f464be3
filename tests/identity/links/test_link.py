"""Addresses that need no sign-in."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.links.link import TOKEN_LENGTH, Leads, subject_of, token_of

KEY = bytes(range(32))
ID = UUID("01a21d3f-b7f1-77fe-9103-3ddf1dc748d6")


@given(st.uuids(), st.sampled_from(Leads))
def test_a_token_leads_to_its_subject_and_for_nothing_else(subject: UUID, leads: Leads) -> None:
    token = token_of(KEY, leads, subject)
    assert len(token) == TOKEN_LENGTH
    assert subject_of(KEY, leads, token) == subject
    [other] = set(Leads) - {leads}
    assert subject_of(KEY, other, token) is None
    assert subject_of(KEY[::-1], leads, token) is None


@given(st.integers(0, TOKEN_LENGTH - 1), st.sampled_from("ABCxyz019-_"))
def test_a_token_with_one_character_changed_is_none(at: int, letter: str) -> None:
    token = token_of(KEY, Leads.RECEIPT, ID)
    changed = token[:at] + letter + token[at + 1 :]
    assert (subject_of(KEY, Leads.RECEIPT, changed) == ID) == (changed == token)


@pytest.mark.parametrize("token", ["", "a", "é" * 43, "=" * 43, "A" * 44, "../../etc/passwd"])
def test_what_we_never_gave_out_is_none(token: str) -> None:
    assert subject_of(KEY, Leads.RECEIPT, token) is None
