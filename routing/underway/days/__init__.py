"""Days that were ridden, beside their plans."""
