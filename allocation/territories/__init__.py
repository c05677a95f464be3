"""Territories: who works which ground, drawn, imported or proposed; and where each case lies."""
