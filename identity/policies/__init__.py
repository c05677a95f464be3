"""Policies: settings of a branch, which those below it inherit."""
