"""How receipts come about: what each is decided on, and all of them written down together."""
