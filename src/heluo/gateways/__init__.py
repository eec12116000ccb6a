"""Doors: one open standard each, thin. They show and take what the house holds; they decide nothing."""
