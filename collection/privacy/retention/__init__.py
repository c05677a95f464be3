"""How long each kind of personal data is kept."""
