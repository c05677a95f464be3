"""Receipts of a lost phone, entered from the customers' paper, and their late originals."""
