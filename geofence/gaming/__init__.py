"""Signs that the rules are played with: what agents report against what pings and people say."""
