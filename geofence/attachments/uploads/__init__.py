"""Files that come in parts, over a connection that breaks."""
