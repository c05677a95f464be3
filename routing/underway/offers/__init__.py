"""Re-planned rounds that wait for somebody to take them."""
