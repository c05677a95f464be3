"""Passwords: which will do, how people change theirs, and how a lost one is replaced."""
