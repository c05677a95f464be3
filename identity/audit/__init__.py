"""The audit trail: who did or saw what, from where; never changed, and sealed in chains."""
