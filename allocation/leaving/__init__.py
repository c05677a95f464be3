"""Somebody leaves: cash, cases, phone and account, in one go."""
