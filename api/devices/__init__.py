"""What devices call: the hot ping routes, plain ASGI."""
