"""What does an offer earn? Cost, charges and clauses of a bid, over simulated months of a contract."""
