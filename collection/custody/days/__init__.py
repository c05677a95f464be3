"""The branch's cash by day: proofs, the trial balance, closing."""
