"""The ballot with nothing sampled: every chance integrated over what the states share.

Start with `solve`; it knows nothing of the drawn way, and the two check each other.
"""
