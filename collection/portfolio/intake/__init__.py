"""Taking a demand file into the database, set by set."""
