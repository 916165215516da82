"""The rules of the queue a second time, as plainly as can be: lists, dictionaries, full scans.

Written from docs/queue.md and the conventions of a hall, not from the engine; nothing of
`controller` is imported here. Slow and short: every question walks over everybody.
"""
