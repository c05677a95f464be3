"""Roles that administrators compose, and who gets which: one proposes, another decides."""
