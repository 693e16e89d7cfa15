"""The dashboard: levers, two futures side by side, what differs; a page for one's own machine.

`page` is what Streamlit runs. Everything that belongs to a visitor is in the session's own state;
no module here keeps any.
"""
