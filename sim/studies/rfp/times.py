"""What does a chat take, of which the handling time at so many chats held is known? The attention model.

A chat of an agent who holds h of them lasts turns × reply(h) + (turns − 1) × customer time, and the replies
take longer the more chats wait for attention (`sim.theory.attention`). Handling time alone fixes a sum: the
agent's and the customer's part are told apart by the response time, or assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.rfp import ChatService
from sim.studies.averages.guess import mean_reply_s, solved
from sim.studies.averages.model import LEAST_TURNS, PRIORS

USUAL_RATIO = PRIORS["customer_s"].usual / PRIORS["agent_s"].usual
"""A customer's time between replies, over an agent's time for one: as assumed of averages."""


@dataclass(frozen=True, slots=True)
class Times:
    """Means of a chat by turns."""

    agent_s: float
    customer_s: float
    response_s: float
    """Reply time while so many chats are held as when the handling time was measured."""
    talk_s: float
    """Conversation, without the wrap-up."""


def times_of(service: ChatService, factor: float = 1.0, ratio: float = USUAL_RATIO) -> Times:
    """Means of a chat by turns; *factor* is on all its times, *ratio* is used where no response is known.

    Of the *service* all of turns, wrap-up and chats held must be known.
    """
    assert service.turns is not None
    assert service.held is not None
    assert service.wrap_up_s is not None
    turns, held, wrap_up_s = max(service.turns, LEAST_TURNS), service.held, service.wrap_up_s * factor
    talk_s = service.talk_s * factor

    def reply_s(agent_s: float, customer_s: float) -> float:
        return mean_reply_s(agent_s, customer_s, turns, wrap_up_s, held)

    if service.response_s is None:
        agent_s = solved(lambda s: turns * reply_s(s, s * ratio) + (turns - 1) * s * ratio - talk_s)
        return Times(agent_s, agent_s * ratio, reply_s(agent_s, agent_s * ratio), talk_s)
    response_s = service.response_s * factor
    customer_s = max((talk_s - turns * response_s) / (turns - 1), 1.0)
    agent_s = solved(lambda s: reply_s(s, customer_s) - response_s)
    return Times(agent_s, customer_s, response_s, talk_s)
