"""How accounts roll from bucket to bucket within a month."""
