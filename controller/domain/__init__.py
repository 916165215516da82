"""Pure rules of the hall: commands, deciders, events, state. Standard library only, no I/O."""
