"""The command `llmsim`: one file per command, loaded when it is called.

`main` knows the commands and turns errors into messages and exit codes; `output` has what several
commands print alike.
"""
