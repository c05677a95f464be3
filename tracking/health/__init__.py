"""The health of phones: what they last told, why one is silent, calls for help, self-tests."""
