"""All that is held about a customer, for them to take."""
