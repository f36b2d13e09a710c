"""What does an exact chain say of a small centre? Written from the rules, not from an engine.

======================== ====================================================================
:mod:`.pool`             agents with several chats, by work, with each way of routing
:mod:`.desk`             one agent by turns, who answers one message at a time
:mod:`.work`             one agent by work: silence, wrap-up, balking, retries, returns
:mod:`.turns`            one agent by turns: the same, and patience within the chat
:mod:`.quiet`            customers who fall silent within the chat: idle timeouts
:mod:`.people`           queues of different priority, skills, agents of different speed
:mod:`.pair`             two agents with several chats: the longest idle, or each in turn
:mod:`.staffing`         a day staffed by the hour, whose agents finish what they have in hand
======================== ====================================================================

Beneath them :mod:`.model`: what a model is, and its long run.
"""
