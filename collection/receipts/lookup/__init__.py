"""What somebody at a counter looks up: who pays, which receipt, and what is owed to whom."""
