"""Where agents hand in cash on their rounds."""
