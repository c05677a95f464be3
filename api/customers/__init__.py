"""What customers open without signing in: their receipts, and a way to pay."""
