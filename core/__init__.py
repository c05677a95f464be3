"""What every folder may use: errors, money, the clock, geometry, ids, settings, logging."""
