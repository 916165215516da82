"""What a technician does with the devices of a hall file while no service runs: `run.py devices`.

command.py -> listing, asking (probe, test), tracing, printer_doctor, adopting, wiring_plan
              each on a Site (where the ports are), each telling its result as a sheet
"""
