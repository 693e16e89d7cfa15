"""What Streamlit runs: the page, with the scenario named on the command line."""

import sys

from sim.views.dashboard.page import page

page(sys.argv[1] if len(sys.argv) > 1 else None)
