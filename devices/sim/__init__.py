"""Simulated devices: the other end of the same bytes, in a process of their own.

    run.py sim --> bench.run(settings, data)
                     ports.py         a pseudo-terminal (or TCP port) for every sim:// line
                     wire.py          the time that bytes take
                     printer.py       paper, cut tickets, status bytes
                     strips.py        LED strips of every make, each on its line
                     button_unit.py   keypads and rating boxes on one bus
                     speaker.py       plays WAVs in real time, one at a time
                     platform.py      the single-window platform (单窗平台)
                     control.py       the HTTP side: bench page, tests, faults

A kill -9 of the service leaves all of this as it would in a hall.
"""
