"""Erasure of a customer's data, by two persons."""
