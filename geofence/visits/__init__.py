"""Visits as people read them: lists, whom each was for, and how it came about."""
