"""Owners out to a spreadsheet and back, as a proposal."""
