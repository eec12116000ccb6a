"""OneRoster 1.2: the register for learning platforms of others."""
