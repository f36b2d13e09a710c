"""Which centre does a client's request ask for, and what is each thing worth that it leaves open?"""
