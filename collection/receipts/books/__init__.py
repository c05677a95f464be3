"""Books of numbered paper receipts: who holds which leaves, and what became of each."""
