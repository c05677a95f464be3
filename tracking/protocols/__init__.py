"""What devices send, each protocol in a file: bytes in, pings and signals out."""
