"""How are replications run? In tasks, on threads, processes or machines, kept and gone on with."""
