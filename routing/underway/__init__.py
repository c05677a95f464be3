"""Rounds while they are ridden: live arrival times, windows at risk, the rest planned again."""
