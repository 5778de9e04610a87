"""Who speaks where: labels found as a decision about the whole text."""
