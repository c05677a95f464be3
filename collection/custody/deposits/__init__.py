"""Cash on its way to the branch or the bank, until somebody else proves it."""
