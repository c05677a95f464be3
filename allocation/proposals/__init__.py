"""Proposals of who works which case: weighed, edited, published as a whole, undone."""
