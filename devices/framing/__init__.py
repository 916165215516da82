"""Bytes <-> frozen frames. Pure: no I/O, no asyncio, standard library only.

Every decoder keeps the same promises: `feed` takes any bytes in any portions and never raises;
bytes that belong to no frame are counted in `garbage`; after `reset` (the line fell silent) a
whole frame is found again.
"""
