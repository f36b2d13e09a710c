"""How much does a centre bear? Load that rises until its targets break."""
