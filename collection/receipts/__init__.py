"""Money taken from customers, with numbered receipts."""
