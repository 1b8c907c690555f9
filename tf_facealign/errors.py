"""The one error a user can cause."""


class BadInput(ValueError):
    """Something given to us is missing, malformed or contradictory.

    The message is one line that names the file (or option) and the fault. The command line prints
    it and exits with code 2; every other exception is a bug of ours.
    """
