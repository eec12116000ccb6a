"""JY/T 1002: the register in the field layout of the ministry's standard."""
