"""How the reader was made: data sets into groups of candidates, marks and a teacher into a network, and what is fitted to it.

Nothing here is needed to answer questions.
"""
