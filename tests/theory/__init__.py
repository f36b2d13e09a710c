"""Published and exact answers that the simulator must give, by kind."""
