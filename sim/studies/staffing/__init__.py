"""How many agents, when? Fewest agents that keep a promise, and shifts that cover them.

`promise` says what must be kept, `trial` how well a plan keeps it, `plan` is what is searched, `guess` where
the search begins, `search` finds the fewest agents, `why` explains them, and `staff` is the whole study.
"""
