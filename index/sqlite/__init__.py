"""The store on one machine: a SQLite catalog, and vectors derived from it."""
