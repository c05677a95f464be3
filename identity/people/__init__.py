"""The people who work for the lender: found, looked at, kept out for a time and let in again."""
