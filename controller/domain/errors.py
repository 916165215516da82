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


class AlreadyDoneError(Exception):
    """A wish was fulfilled a moment ago by the command at `seq`; its answer is given again.

    Only that command's events at this counter belong to the answer. Nothing is stored, besides
    the key of a wish that came under one (`NextRepeated`).
    """

    def __init__(self, seq: int, counter: int) -> None:
        super().__init__(f"seq {seq}, counter {counter}")
        self.seq = seq
        self.counter = counter
