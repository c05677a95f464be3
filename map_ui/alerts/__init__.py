"""The list of what a person should decide on."""
