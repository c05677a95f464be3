"""Photos, signatures and documents that agents take at customers."""
