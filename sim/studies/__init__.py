"""Questions beyond one run: contrast, calls, explain, sweep. May touch `sim.runs` and below.

One module a question; none draws a figure or writes a folder.
"""
