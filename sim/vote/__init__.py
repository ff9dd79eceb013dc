"""The ballot, and two ways to hold it: drawn (`counting`) and `exact`. May touch `sim.assembly`.

Arrays in, outcomes out: nothing here knows a scenario, a record or a file. Start with `ballot`.
"""
