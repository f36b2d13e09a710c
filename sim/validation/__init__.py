"""Is the simulator right? What it says of centres whose figures are known, beside what is known.

======================== ====================================================================
:mod:`.case`             a centre, what is known of it, and what is looked at
:mod:`.scenarios`        scenarios of such centres
:mod:`.published`        centres with published figures
:mod:`.models`           the literature's models: sharing, several chats, attention
:mod:`.lines`            waiting lines: laws of patience, priorities, skills, changing rates
:mod:`.rules`            one rule of the world each: silence, wrap-up, retries, returns …
:mod:`.formulas`         what planners compute for chat, beside the simulation
:mod:`.suite`            simulates them all and judges the table as a whole
======================== ====================================================================
"""
