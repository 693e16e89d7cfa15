"""The words a report explains."""

from types import MappingProxyType

GLOSSARY = MappingProxyType(
    {
        "Replicate": "One playing-through of the market. Replicates differ in luck alone: who "
        "adopts, when a rival reviews its prices, whether a round closes.",
        "Median": "Half of the replicates lie above it, half below.",
        "90 % interval": "Written as a range after a median: 90 % of the replicates lie inside. It "
        "holds luck within the model, not doubt about the model.",
        "Pair": "The same replicate of two scenarios. Both have the same luck, so what differs is "
        "what was changed.",
        "Beyond luck": "Of a difference: its 90 % interval, here that of the mean over pairs, "
        "leaves 0 out. Where nothing acts, one in ten does so by luck alone.",
        "Point": "One combination of inputs in a sweep; it has all replicates.",
        "Share of variance": "How much of what varies between runs would be gone if an input stood "
        "still: alone, or in all, with what it does together with others.",
        "MAU": "Monthly active users: people who used an app in the last month.",
        "CPA": "Cost per acquisition: advertising divided by the users it bought.",
        "Main model": "The volume model of a firm, sold to developers by the token; a flagship "
        "costs more and is bought for quality.",
        "CNY/Mtok": "Yuan per million tokens. A token is about two thirds of a word; a list price "
        "is before volume discounts.",
        "Middle list price": "The median, over the firms that sell, of the main model's price for "
        "input tokens.",
        "Reported tokens": "Tokens of customers and of the firm's own products together, as firms "
        "announce them.",
        "Runway": "Months until the cash is gone at the present burn.",
        "Burn": "What goes out in a month beyond what comes in.",
        "Pre-training": "Training a base model from scratch; a firm that stops builds on open "
        "weights instead.",
        "Post-money": "A firm's value right after a funding round, the new money included.",
        "Independent": "Neither closed nor taken over.",
        "Cap table": "Who owns which share of a firm after each round.",
        "Tender": "A public contract that firms bid for; the winner delivers and is paid later.",
        "Set by hand": "A number chosen within what is held possible, with a reason, and not from "
        "data.",
        "Calibrated": "A number, or a range of numbers, that makes runs agree with known figures.",
        "Target": "A known figure that calibration may aim at; others are only compared.",
        "Extrapolated": "Later than any known figure that could check it.",
        "Prior": "The values held possible for a parameter before it is calibrated.",
        "Surrogate": "A quick formula, fitted to runs, that foretells what other runs would say.",
        "Discrepancy": "What the model misses of known figures beyond luck, whatever its "
        "parameters.",
        "Posterior": "Parameter values that calibration found to agree with known figures.",
        "Seed": "The number from which all luck of a run follows; the same seed and scenario give "
        "the same tables.",
    }
)
