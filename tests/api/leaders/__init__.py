"""Tests of what leaders ask for."""
