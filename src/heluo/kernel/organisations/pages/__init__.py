"""Pages of the register of organisations."""
