"""What was answered when it was last noted, so that a change of structure cannot change an answer unseen."""
