"""The branch's own cash: counts of the vault, and one cashier handing it to the next."""
