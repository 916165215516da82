"""A library of device drivers: it knows bytes and lines, never tickets.

Three layers, each of which knows only the one below: drivers (`bus`, `led`, `keypad`, …) →
`link` (one open port) and `framing` (bytes <-> frozen frames, no I/O).
"""
