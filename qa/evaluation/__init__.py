"""How good answers are: question sets, figures and pictures."""
