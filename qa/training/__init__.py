"""How the reader was made: data sets into groups, marks and a teacher into a network, and what is fitted to it.

Nothing here is needed to answer questions.
"""
