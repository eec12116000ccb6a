"""Reads of the textbook tree: what everybody sees, and files in and out."""
