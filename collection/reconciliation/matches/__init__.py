"""Matches: found, confirmed by a person, undone with a reason; and the ledger that follows."""
