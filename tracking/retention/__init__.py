"""The life of pings: partitions made ahead, retention, the archive and the way back from it."""
