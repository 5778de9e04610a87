"""What a language model may write, and the checks on it."""
