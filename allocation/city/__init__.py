"""A whole city's day improved at once: sectors of neighbors, in parallel, with borders that move."""
