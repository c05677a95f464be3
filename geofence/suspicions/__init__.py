"""The supervisors' queue of what speaks against days, check-ins and receipts."""
