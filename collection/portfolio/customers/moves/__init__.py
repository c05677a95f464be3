"""Customers who move to another branch: one person asks, another takes them over."""
