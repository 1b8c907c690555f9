"""The ways for work to end that are no bug of ours."""

import signal


class BadInput(ValueError):
    """Something given to us is missing, malformed or contradictory.

    The message is one line that names the file (or option) and the fault. The command line prints
    it and exits with code 2; every other exception is a bug of ours.
    """


class Interrupted(KeyboardInterrupt):
    """A signal has ended the work, and what was done is kept.

    The message is one line that says where it stands and how to go on.

    Args:
        message: the line.
        number: the signal.

    Attributes:
        exit_code: of the command line, 128 + the signal's number as shells have it.
    """

    def __init__(self, message: str, number: signal.Signals) -> None:
        super().__init__(message)
        self.exit_code = 128 + number
