"""The database's edge: engine and scope, tables, migrations, the queue and the live bus."""
