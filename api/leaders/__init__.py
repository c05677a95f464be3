"""Figures of the work, targets, and every transaction: for branch managers and leadership."""
