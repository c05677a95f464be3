"""What devices send, each protocol in a file: bytes in, pings out, nothing else raised."""
