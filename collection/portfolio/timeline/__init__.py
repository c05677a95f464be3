"""All that happened on a case or with a customer, in one order."""
