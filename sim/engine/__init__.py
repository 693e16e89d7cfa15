"""When it happens: the week as a table of contents, on simpy's event queue.

simulation holds the week; steps/ one file per line of it; state what the steps share; clock what
has a duration; identities what must hold; recorder what is kept.
"""
