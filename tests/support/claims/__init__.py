"""What the claims say that chance plays a part in, as pairs of runs and the side of zero.

Not here: M65, M68 and M69, exact statements about the hazard of a round, for which no chance plays
a part; they stand in tests/mechanisms.
"""

from sign import Claim

from claims.buyers import BUYERS
from claims.capital import CAPITAL
from claims.models import MODELS
from claims.prices import PRICES
from claims.products import PRODUCTS
from claims.users import USERS

CLAIMS: tuple[Claim, ...] = tuple(
    sorted((*PRICES, *BUYERS, *USERS, *PRODUCTS, *MODELS, *CAPITAL), key=lambda one: one.id)
)
