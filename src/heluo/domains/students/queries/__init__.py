"""Reads of student records, already narrowed to what the actor may see."""
