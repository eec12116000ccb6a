"""Offline packages: what a node has, carried to another on a disk."""
