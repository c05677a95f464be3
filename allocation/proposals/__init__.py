"""Owners out to a spreadsheet and back, as a proposal: nothing changes until it is published."""
