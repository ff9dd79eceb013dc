"""How any figure is drawn: its page, its colours, its letters, and the files it is written to."""
