"""Which words answer: the reader, its network, and what goes into it."""
