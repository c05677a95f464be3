"""Rounds as they are published: one revision after the other."""
