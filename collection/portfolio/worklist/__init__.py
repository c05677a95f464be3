"""The cases that somebody at the desk works on, found by what they look for."""
