"""Drafts held against what was said: what they quote, whose words they say it is, and what became of it."""
