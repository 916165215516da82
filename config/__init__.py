"""What a hall is made of, read from TOML. A leaf: imports nothing of the project.

`config.settings` is the only door for the other rooms.
"""
