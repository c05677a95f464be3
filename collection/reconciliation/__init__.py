"""The bank's view, and what it proves: statements, and the deposits and receipts they match."""
