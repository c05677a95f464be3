"""When the pings that decide a visit were received."""
