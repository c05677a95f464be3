"""Evidence packs on paper."""
