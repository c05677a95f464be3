"""Balances that somebody else than the agent asks payers about, by sample."""
