"""What a demand file says is due: demands, cases, promises."""
