"""Legal holds: what must be kept whatever the rules say."""
