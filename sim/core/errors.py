"""The root of every error this library raises on purpose."""


class SimError(Exception):
    """Something the user can act on; the message says what was found and what is allowed."""
