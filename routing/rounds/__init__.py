"""The rounds of a day: from what the database knows to what is published."""
