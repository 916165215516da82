"""What the interface takes and gives, as strict models; /openapi.json is written from these.

Bodies and queries are validated by them. Answers are described by them; the tests hold every
answer against its model, the service itself does not spend time on it.
"""
