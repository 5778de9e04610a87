"""Measurements that take longer than a test; each is started by a command of its own."""
