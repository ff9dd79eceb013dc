"""How fast the engines are, side by side in one run: ``python -m bench``."""
