"""Alerts that nobody has acknowledged reach browsers whose page is closed, by standard web push."""
