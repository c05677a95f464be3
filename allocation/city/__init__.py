"""A whole city's day improved at once: sectors of neighbors, side by side, borders that move."""
