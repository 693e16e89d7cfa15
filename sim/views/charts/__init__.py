"""Figures, one file per subject; each function takes a run and returns one Altair chart.

adds       where each app's users came from
bars       stacked bars across, shared by adds and ledger
cash       cash and runway of each startup
difference_fans  how a difference between scenarios grows
effects    differences with their intervals, side by side
fans       one panel of fans, shared by users and tokens
flows      who took whose users
layout     where labels and ticks go: arithmetic alone
ledger     where each firm's money went
parts      inline data, axes, bands, labels at line ends, small multiples, finishing
prices     API list prices and what moved them
score      simulated against known figures
spending   advertising by app
survival   startups still independent, still pre-training
tokens     tokens per day by firm
tornado    what an outcome differs by at both ends of each input
users      users by app
"""
