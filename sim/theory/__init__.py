"""What do formulas say? Exact answers for small and simple centres, without simulating them.

======================== ==============================================================================
:mod:`.erlang`           Erlang B, C and A, a finite waiting room, any law of patience
:mod:`.sharing`          several chats an agent: the balanced chain, shared agents, chat staffing
:mod:`.attention`        one message at a time: the machine-repair model of an agent
:mod:`.inverse`          agents for a promise, the load that a team carries, square-root staffing
:mod:`.priorities`       several queues before one team, more urgent chats first
:mod:`.retrials`         who is turned away tries again
:mod:`.rush`             a line while more come than usual, moment by moment, and as a fluid
:mod:`.markov`           any small centre whose states and rates can be written down
:mod:`.chains`           such centres: agents with several chats, one who answers messages, a staffed day
:mod:`.applies`          which formula fits a scenario
======================== ==============================================================================

Beneath them: :mod:`.line` (what becomes of those who find every slot taken), :mod:`.waiting` and
:mod:`.patience` (lines that nobody leaves, with a finite room, with any patience), :mod:`.inputs`.

Times are in seconds and rates per second, but for :mod:`.chains`, which say their own. All formulas take
arrays and broadcast them.
"""
