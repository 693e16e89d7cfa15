"""Figures, one file per subject; each function takes a run and returns one Altair chart.

acquisition  what a bought user costs and brings back
adds       where each app's users came from
ads_and_users  advertising of each firm against the users it gains
bars       stacked bars across, shared by adds and ledger
cap_table  who owns each startup
cash       cash and runway of each startup
difference_fans  how a difference between scenarios grows
effects    differences with their intervals, side by side
fans       one panel of fans, shared by users and tokens
flows      who took whose users
labelled   bars with names and numbers around them
layout     where labels and ticks go: arithmetic alone
ledger     where each firm's money went
matrix     numbers in cells, the darker the larger
net_cost   advertising per user gained on balance
overlap    who uses two apps
pairs      outcomes against inputs
panels     a panel for each firm
parts      inline data, axes, bands, labels at line ends, finishing
prices     API list prices and what moved them
ranking    claims and events by what taking them away does
retention  who stays of the users that came in a quarter
rounds     valuations and funding rounds of each startup
runway_range  how long cash lasts from the end on
score      simulated against known figures
small_apps  small app startups
spending   advertising by app
strengths  how strongly each input acts
survival   startups still independent, still pre-training
tenders    who wins public tenders
tokens     tokens per day by firm
tornado    what an outcome differs by at both ends of each input
users      users by app
waterfall  from cash at the start to cash at the end
"""
