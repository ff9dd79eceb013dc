"""How states moved when the United States changed position, measured on the record.

Start with `fit`.
"""
