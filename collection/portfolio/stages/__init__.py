"""The stages that a case passes through, from before its due date to its closure."""
