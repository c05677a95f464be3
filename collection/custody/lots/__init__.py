"""Whose receipts the cash in an agent's hands is from, and how old it is."""
