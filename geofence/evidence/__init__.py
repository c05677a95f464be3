"""The evidence of visits: a chain of sealed records for each agent, and packs that prove one."""
