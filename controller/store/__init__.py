"""The event log, its projections, snapshots and queries, on SQLite or PostgreSQL."""
