"""The readers of formats: one small module each, giving text and turns."""
