"""What leaves the house at night: receipts, deposits and the journal, each record exactly once."""
