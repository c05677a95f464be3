"""Payment links: addresses at which a customer can pay until they end."""
