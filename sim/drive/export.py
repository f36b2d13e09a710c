"""How do other load testers play the same day? Its schedule as a Locust file, a k6 script, or lines of JSON.

What is exported is the timeline of the simulated twin: who opens, writes, leaves, takes, answers and closes
which chat, at which instant. Nobody reacts to the server, so the load is open: what it does late changes
nothing of what it is asked next. Requests are those of a plain JSON server, in one place, to be changed to
one's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

import numpy as np

from sim.drive.adapters.base import Message
from sim.drive.schedule import Day
from sim.log.chatlog import ChatLog
from sim.rules import NO_AGENT, Outcome


class Format(StrEnum):
    """For which tool."""

    LOCUST = "locust"
    K6 = "k6"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a client does."""

    at_s: float
    """Simulated seconds since the day began."""
    chat: int
    """Row of the chat."""
    does: str
    """open, send, leave; of its agent: assign, reply, close."""
    agent: int | None = None
    """Number of the agent who does it; None if it is the customer."""
    queue: str = ""
    text: str = ""


def steps(day: Day) -> list[Step]:
    """All steps of a *day*, in order of time."""
    log, found = day.twin, list[Step]()
    for place in range(len(log.chat.queue)):
        found += _steps_of(day, log, place)
    return sorted(found, key=lambda step: (step.at_s, step.chat, _ORDER.index(step.does)))


_ORDER = ("open", "assign", "reply", "send", "leave", "close")
_ENTERED = {
    Outcome.SERVED,
    Outcome.ABANDONED,
    Outcome.OVERFLOWED,
    Outcome.LEFT,
    Outcome.TIMED_OUT,
    Outcome.UNFINISHED,
}
_LEAVES = {Outcome.ABANDONED, Outcome.OVERFLOWED, Outcome.LEFT}


def _steps_of(day: Day, log: ChatLog, place: int) -> Iterator[Step]:
    chat, turn, outcome = log.chat, log.turn, Outcome(int(log.chat.outcome[place]))
    if outcome not in _ENTERED:
        return
    queue = day.scenario.queues[chat.queue[place]].name
    agent, platform = int(chat.agent[place]), day.scenario.platform

    def at(time_s: float) -> float:
        return round(float(time_s) - day.start_s, 6)

    def text(k: int, *, by_agent: bool) -> str:
        return Message(by_agent=by_agent, chat=place, turn=k).text

    yield Step(at(chat.arrival_s[place]), place, "open", None, queue, text(0, by_agent=False))
    if agent != NO_AGENT:
        taken_s = max(chat.accepted_s[place] - platform.accept_s, chat.arrival_s[place])
        yield Step(at(taken_s), place, "assign", agent)
        for k, row in enumerate(range(int(turn.offset[place]), int(turn.offset[place + 1]))):
            if k and not np.isnan(turn.message_s[row]):
                yield Step(at(turn.message_s[row]), place, "send", None, queue, text(k, by_agent=False))
            if not np.isnan(turn.reply_s[row]):
                sent_s = turn.reply_s[row] - platform.deliver_s
                yield Step(at(sent_s), place, "reply", agent, queue, text(k, by_agent=True))
    if outcome in _LEAVES:
        yield Step(at(chat.ended_s[place]), place, "leave")
    if agent != NO_AGENT and not np.isnan(chat.released_s[place]):
        yield Step(at(chat.released_s[place]), place, "close", agent)


def export(day: Day, form: Format | str, speed: float = 1.0) -> str:
    """Text of a file that plays a *day*, so many times as fast as it is."""
    writers: dict[Format, Callable[[Day, float], str]] = {
        Format.LOCUST: _locust,
        Format.K6: _k6,
        Format.JSONL: _jsonl,
    }
    return writers[Format(form)](day, speed)


def _plain(step: Step) -> dict[str, object]:
    return {name: value for name, value in asdict(step).items() if value not in {None, ""}}


def _jsonl(day: Day, speed: float) -> str:
    head = {
        "scenario": day.scenario.name,
        "seed": day.draws.seed,
        "replication": day.draws.replication,
        "speed": speed,
        "chats": len(day.opened_s),
    }
    lines = [head, *({**_plain(step), "at_s": round(step.at_s / speed, 6)} for step in steps(day))]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


def _by_chat(all_steps: Sequence[Step]) -> str:
    """Steps of each chat, one chat a line, as JSON that is valid in Python and JavaScript alike."""
    chats: dict[int, list[dict[str, object]]] = {}
    for step in all_steps:
        chats.setdefault(step.chat, []).append(_plain(step))
    lines = ",\n".join(json.dumps(own) for own in chats.values())
    return f"[\n{lines}\n]"


def _title(day: Day) -> str:
    name = json.dumps(day.scenario.name)[1:-1].replace("*/", "* /").replace('"""', "'''")
    return f"{name}, seed {day.draws.seed}, replication {day.draws.replication}"


def _locust(day: Day, speed: float) -> str:
    text = _LOCUST.replace("TITLE", _title(day)).replace("SPEED_IS", repr(float(speed)))
    return text.replace("CHATS_ARE", _by_chat(steps(day)))


def _k6(day: Day, speed: float) -> str:
    every = steps(day)
    last_s = max((step.at_s for step in every), default=0.0) / speed
    chats = len({step.chat for step in every})
    text = _K6.replace("TITLE", _title(day)).replace("SPEED_IS", repr(float(speed)))
    text = text.replace("LONGEST_S", str(int(last_s) + 60)).replace("CHATS_N", str(max(chats, 1)))
    return text.replace("CHATS_ARE", _by_chat(every))


_LOCUST = '''"""TITLE. Written by `sim load --export locust`.

    locust -f THIS_FILE --headless --host http://127.0.0.1:8000

Every chat is played at the simulated instants, whatever the server does; times count from when a request
should have been sent. Change `ask` to the requests of your server. It ends by itself. One process plays all.
"""

import json
import time

import gevent
from locust import HttpUser, task

SPEED = SPEED_IS
CHATS = json.loads(r"""CHATS_ARE""")


def ask(client, step, chat_id, sent):
    """Send one request, and give the chat's name; `sent` is when it should have been sent."""
    path = {
        "open": "/chats",
        "send": f"/chats/{chat_id}/messages",
        "reply": f"/chats/{chat_id}/messages",
        "assign": f"/chats/{chat_id}/assign",
        "leave": f"/chats/{chat_id}/leave",
        "close": f"/chats/{chat_id}/close",
    }[step["does"]]
    body = {key: step[key] for key in ("queue", "text", "agent") if key in step}
    with client.post(path, json=body, name=step["does"], catch_response=True) as answer:
        answer.request_meta["response_time"] = 1000 * (time.perf_counter() - sent)
        return answer.json()["id"] if answer.ok and step["does"] == "open" else chat_id


class Day(HttpUser):
    """Plays the whole day."""

    fixed_count = 1

    @task
    def play(self):
        began = time.perf_counter()
        gevent.joinall([gevent.spawn(self.chat, steps, began) for steps in CHATS])
        self.environment.runner.quit()

    def chat(self, steps, began):
        chat_id = ""
        for step in steps:
            due = began + step["at_s"] / SPEED
            gevent.sleep(max(due - time.perf_counter(), 0))
            chat_id = ask(self.client, step, chat_id, due)
            if not chat_id:
                return
'''

_K6 = """// TITLE. Written by `sim load --export k6`.
//
//     k6 run -e HOST=http://127.0.0.1:8000 THIS_FILE
//
// Each chat is a virtual user that acts at the simulated instants, whatever the server does; the trend
// `from_intended` counts from when a request should have been sent. Change `ask` to those of your server.

import http from "k6/http";
import { check, sleep } from "k6";
import exec from "k6/execution";
import { Trend } from "k6/metrics";

const SPEED = SPEED_IS;
/** @type {{at_s: number, chat: number, does: string, agent?: number, queue?: string, text?: string}[][]} */
const CHATS = CHATS_ARE;
const fromIntended = new Trend("from_intended", true);

export const options = {
  scenarios: {
    day: { executor: "per-vu-iterations", vus: CHATS_N, iterations: 1, maxDuration: "LONGEST_Ss" },
  },
};

/**
 * @param {{at_s: number, chat: number, does: string, agent?: number, queue?: string, text?: string}} step
 * @param {string} id
 */
function ask(step, id) {
  /** @type {Record<string, string>} */
  const paths = {
    open: "/chats",
    send: `/chats/${id}/messages`,
    reply: `/chats/${id}/messages`,
    assign: `/chats/${id}/assign`,
    leave: `/chats/${id}/leave`,
    close: `/chats/${id}/close`,
  };
  const body = JSON.stringify({ queue: step.queue, text: step.text, agent: step.agent });
  const headers = { "Content-Type": "application/json" };
  const answer = http.post(`${__ENV.HOST}${paths[step.does]}`, body, { headers, tags: { name: step.does } });
  check(answer, { "answered": (each) => each.status < 400 });
  return step.does === "open" && answer.status < 400 ? String(answer.json("id")) : id;
}

export default function () {
  const began = exec.scenario.startTime;
  let id = "";
  for (const step of CHATS[exec.vu.idInTest - 1] ?? []) {
    const due = began + (1000 * step.at_s) / SPEED;
    sleep(Math.max(due - Date.now(), 0) / 1000);
    id = ask(step, id);
    fromIntended.add(Date.now() - due, { does: step.does });
    if (!id) return;
  }
}
"""
