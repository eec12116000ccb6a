"""What officers see and do about sources."""
