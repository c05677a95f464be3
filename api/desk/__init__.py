"""Routes of the desk: cases and customers, what is noted of them, what comes next."""
