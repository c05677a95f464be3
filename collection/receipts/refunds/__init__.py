"""Refunds: what is owed to a customer is paid back once another person agrees."""
