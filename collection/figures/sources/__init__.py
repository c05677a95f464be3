"""Where each measure is counted: one SELECT for each kind of fact."""
