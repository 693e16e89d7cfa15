"""Figures, one file per subject; each function takes a run and returns one Altair chart.

adds       where each app's users came from
cash       cash and runway of each startup
flows      who took whose users
ledger     where each firm's money went
parts      what figures share: fans, date axis, label placement, finishing
prices     API list prices and what happened when
score      simulated against known figures
spending   advertising by app
survival   startups still independent, still pre-training
tokens     tokens per day by firm
users      users by app
"""
