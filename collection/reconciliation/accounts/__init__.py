"""The lender's accounts at banks."""
