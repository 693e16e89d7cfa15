"""How people look at a run; everything here reads tables and computes nothing that feeds back.

accessor   `result.plot.users()` and its siblings
changes    the question a scenario asks and what it changes against its parent
charts     one Vega-Lite specification per figure, one file per subject
format     numbers in people's units: 3.2 bn CNY, 48.4 M, 0.8 CNY/Mtok
glossary   the words a report explains
names      display names of firms and apps, and who is a startup
quantiles  fans over replicates, thinning: the numbers that pictures and sentences share
report     one HTML file that opens with the network closed
rundata    what a view needs of a run
terminal   the summary after a run
theme      colours and type of every picture
verdict    computed sentences with numbers and intervals
"""
