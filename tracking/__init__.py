"""Pings, trails, device protocols, ingest, live positions: where an agent was, as devices say."""
