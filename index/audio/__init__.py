"""Recordings: what they are, what is said in them, and when the words of a transcript are said; the extra `audio`."""
