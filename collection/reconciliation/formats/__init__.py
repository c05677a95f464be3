"""Statement files as banks send them: bytes in, statements out. A module for each format."""
