"""Attacks that were tried, a file a kind; each test failed once."""
