"""Cash that a count found missing or over, and who answers for it."""
