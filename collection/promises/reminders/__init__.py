"""Customers who promised to pay are reminded of it, and told when it was not kept."""
