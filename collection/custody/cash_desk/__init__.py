"""What the cash desk looks at."""
