"""The service: the hall is a log, and everything that people see is a fold over it."""
