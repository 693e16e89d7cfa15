"""What all tests share: how hypothesis chooses its cases.

By default it chooses the same ones each time, so that a test passes or fails for the same reason
twice. `pytest --hypothesis-profile=explore` looks for new ones.
"""

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("same")
