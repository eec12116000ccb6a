"""What the rest of the house calls: `from heluo.domains.textbooks.public import ...`."""
