"""What was tried against the program, a file a kind."""
