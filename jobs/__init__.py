"""The worker: thin tasks (ids in, one verb called), the schedule, the pool for solvers."""
