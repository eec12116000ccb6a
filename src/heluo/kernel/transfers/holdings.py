"""Nothing here is about a person."""
