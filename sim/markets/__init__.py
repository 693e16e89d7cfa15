"""How agents meet: pure functions of arrays and parameters, one market a file.

adoption, retention, advertising, overseas: consumers. pricing, api, tenders: business customers.
q_learning: sellers who learn to price by trial and error.
technology, talent: what can be built. treasury, funding, exits: money.
trends: growth that fades.
No function here changes its arguments, draws a random number, or reads a file.
"""
