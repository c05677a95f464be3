"""What would be if: changes to branches, solved beside what is, and kept as a proposal."""
