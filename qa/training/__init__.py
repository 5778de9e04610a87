"""How the reader was made: data sets into pairs, a teacher and people's marks into a network, the fit of its scores.

Nothing here is needed to answer questions.
"""
