"""Reads of subject rights."""
