"""How does a scenario's day go on a real chat server? Its customers and agents as clients of that server."""
