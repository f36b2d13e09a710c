// The numbers of the rule book (`sim/rules.py`): the order of events at one instant, outcomes, and ways to retry.
// A test holds them to Python's.

/** Order of events at one instant; within an order the lower row comes first. */
export const Order = Object.freeze({
  FAILURE: 8,
  LOG_OFF: 9,
  RECOVERY: 10,
  LOG_ON: 11,
  REPLY: 12,
  WRAP_UP: 13,
  FINISH: 14,
  ACCEPT: 15,
  MESSAGE: 16,
  TIMEOUT: 17,
  CLOSE: 18,
  REPLY_PATIENCE: 19,
  ARRIVAL: 20,
  OVERFLOW: 21,
  PATIENCE: 22,
});

/** How a chat ended. */
export const Outcome = Object.freeze({
  SERVED: 0,
  ABANDONED: 1,
  SILENT: 2,
  LEFT: 3,
  TIMED_OUT: 4,
  BLOCKED: 5,
  OFFLINE: 6,
  OVERFLOWED: 7,
  CONTAINED: 8,
  UNFINISHED: 9,
});

/** The way of a customer who left before the first reply (R27); all other ways are outcomes. */
export const UNANSWERED = Object.keys(Outcome).length;

/** No chat, no agent, no place. */
export const NONE = -1;
