"""What did a real centre record? Platforms' exports as one folder of tables, the same for all of them."""
