"""Rounds while agents ride them: live arrival times, windows at risk, and the rest planned again."""
