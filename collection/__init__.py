"""The money and the cases: portfolio, promises, receipts, custody, reconciliation, field notes."""
