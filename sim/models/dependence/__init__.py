"""What the votes of states share: how large it is, fitted to a forecast's own errors.

Start with `fit`.
"""
