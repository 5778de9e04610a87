"""The tests: fast ones with fakes, and those marked `model` with the real models."""
