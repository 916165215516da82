"""Refusals: a wish that the rules of the hall do not allow."""


class RefusalError(Exception):
    """A command was refused; nothing was stored.

    `code` is stable (docs/problems.md lists every one), `facts` are values for the sentence
    and for the problem document, for example the ticket that keeps a counter busy.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
