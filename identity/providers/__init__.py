"""Sign-in at the organization's own identity provider (OpenID Connect)."""
