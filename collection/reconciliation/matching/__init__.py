"""Which bank line proves which deposit or receipt: pure functions over arrays."""
