"""Self-tests of phones and their beats, as they are kept."""
