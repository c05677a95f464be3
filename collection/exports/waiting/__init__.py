"""Records that wait for their file: read from the facts, in the columns of the file."""
