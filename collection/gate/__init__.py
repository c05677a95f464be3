"""The contact gate: when and how a customer may be contacted, by rules that are data."""
