"""The catalogues of others, harvested by OAI-PMH."""
