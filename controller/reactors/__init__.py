"""Cursors over the log that turn events into effects and report back with commands."""
