"""Binary arrays: what PostgreSQL would be sent is read back as it was."""

import numpy as np

from data import binary_array


def test_instants_come_back_to_the_microsecond() -> None:
    microseconds = np.array([0, 946_684_800_000_001, 1_795_000_000_123_456], np.int64)
    sent = binary_array.instants(microseconds)
    assert (np.rint(binary_array.read_instants(sent.content) * 1e6) == microseconds).all()


def test_floats_come_back_and_not_a_number_stays_one() -> None:
    values = np.array([1.5, -29.9027, np.nan])
    read = binary_array.read_floats(binary_array.floats(values).content)
    assert np.array_equal(read, values, equal_nan=True)
