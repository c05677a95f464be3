"""Statements as they are taken in: each file once, each line once, none missing."""
