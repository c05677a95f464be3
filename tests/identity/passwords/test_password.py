"""Which passwords will do."""

import pytest

from core.errors import InvalidField
from identity.passwords.password import LONGEST, check_password
from identity.secret import hash_password, password_fits

ABOUT = ("sofia.rojas", "Sofía Rojas")


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "tres tristes tigres", "kutta billi chuha", "उल्लू और चाँद रात में",
     "x" * 3 + " not the same " * 70],
)  # fmt: skip
def test_long_ones_that_nobody_guesses_will_do(password: str) -> None:
    check_password(password, ABOUT)


@pytest.mark.parametrize(
    "password",
    ["", "nine char", "password123", "Password1234", "1234567890", "qwertyuiop12",
     "aaaaaaaaaaaaaaaa", "abcabcabcabc", "sofia.rojas", "rojasrojas", "roundsman2026",
     "x" * (LONGEST + 1)],
)  # fmt: skip
def test_short_ones_and_those_that_are_guessed_first_will_not(password: str) -> None:
    with pytest.raises(InvalidField) as refused:
        check_password(password, ABOUT, "new_password")
    assert refused.value.field == "new_password"


def test_a_password_is_the_same_however_its_letters_are_composed() -> None:
    assert password_fits("cafe\u0301 con leche", hash_password("caf\u00e9 con leche"))
    assert not password_fits("cafe con leche", hash_password("caf\u00e9 con leche"))
