"""Real chat servers for tests of the load tester: installed, started afresh and stopped; never imported."""
