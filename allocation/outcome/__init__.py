"""What an allocation came to: cases without an owner, and why; figures of each run."""
