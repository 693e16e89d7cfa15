"""How people look at a run; everything here reads tables and computes nothing that feeds back.

accessor   `result.plot.users()` and its siblings
changes    the question a scenario asks and what it changes against its parent
charts     one Vega-Lite specification per figure, one file per subject
figures    words and units for known figures
findings   what the tables say in a handful of numbers; titles and verdict share them
format     numbers in people's units: 3.2 bn CNY, 48.4 M, 0.8 CNY/Mtok
glossary   the words a report explains
moves      the price moves worth naming
happenings  what happened in a run, and how often
notebook   what a notebook shows of scenarios, runs and figures
names      display names of firms and apps, and who is a startup
quantiles  fans over replicates, thinning: the numbers that pictures and sentences share
report     one HTML file that opens with the network closed
rundata    what a view needs of a run
svg        a figure as SVG inside a page
templates  the report's HTML and style sheet
terminal   the summary after a run
trust      where each part's numbers come from, and what checks them
theme      colours and type of every picture
verdict    computed sentences with numbers and intervals
"""

from sim.views import accessor, notebook

accessor.register()
notebook.register()
