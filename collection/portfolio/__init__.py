"""Customers, accounts, demands and cases: what is owed, how late, and how urgent the work is."""
