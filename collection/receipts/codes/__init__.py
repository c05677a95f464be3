"""One-time codes: a customer tells one to whom they pay cash, once they have the receipt."""
