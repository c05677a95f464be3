"""Documents of legal proceedings."""
