"""How good was it? Key figures of a log, and how sure they are."""
