"""The house rules, held against the code.

Each rule is a function from the root of a checkout to the list of its violations, so the rules
themselves can be tested on a small made-up tree.
"""
