"""Root causes: why less, or more, was paid than was demanded, and what is done about it."""
