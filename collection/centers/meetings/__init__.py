"""Meetings that were held: the sheet that an agent submits, and who attended."""
