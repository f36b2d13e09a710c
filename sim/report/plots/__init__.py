"""How does it look? Pictures of runs, sweeps and days."""
