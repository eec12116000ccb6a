"""Pages of people: seen by whoever may see them, kept one by one by whoever keeps the register."""
