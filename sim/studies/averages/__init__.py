"""Which scenario fits the averages that a platform shows?"""
