"""Reports that people asked for once and get each day, week or month, as files."""
