"""Who works when in the coming weeks? Named people, rules, and the cover that keeps the promise."""
