"""A customer with all accounts, contacts and addresses; what is added beside the source."""
