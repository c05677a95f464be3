"""What keeps a phone's data unreadable: the server's part of its key, revocation, and rescue."""
