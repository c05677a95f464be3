"""What agents' visits, and the facts that confirm them, say of where addresses are."""
