"""Messages to customers: worded in their language, asked of the contact rules, sent once."""
