"""Who holds which money: the ledger, tills, deposits."""
