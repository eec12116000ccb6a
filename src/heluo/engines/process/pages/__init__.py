"""Pages of work and of processes."""
