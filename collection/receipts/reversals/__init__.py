"""Receipts that are undone: one person asks, another decides."""
