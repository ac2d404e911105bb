"""The one family of errors for faults of the world, shared by every room."""


class PolicyQAError(Exception):
    """Something outside the code is wrong.

    The message is one or two plain sentences: what was found, what was wanted, what to do next.
    """
