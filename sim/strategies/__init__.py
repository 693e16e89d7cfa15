"""What firms decide: strategies read an Observation and return a Decision.

base holds both and the template; pricing, advertising, push and research hold the shipped
strategies, one decision a file; registry finds them by the name a scenario uses; checks says
what a scenario gets wrong with them.
"""
