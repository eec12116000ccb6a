"""OAI-PMH 2.0: the public catalogue for harvesters of others."""
