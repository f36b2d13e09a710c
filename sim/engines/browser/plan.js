// What does a run begin with? The plan of a centre, its team, and who comes: arrays in. Written by `plan.py`.

/**
 * @typedef {object} Balking A queue's curve of those who do not join (R25, R26).
 * @property {"head" | "last"} estimate Which wait is announced.
 * @property {boolean} by_place Whether the curve is read at the number of chats that wait.
 * @property {number[]} x
 * @property {number[]} share
 */

/**
 * @typedef {object} QueuePlan
 * @property {string} name
 * @property {boolean} by_turns
 * @property {boolean} wrap_up_attention
 * @property {number | null} capacity
 * @property {number | null} max_wait_s
 * @property {number | null} idle_timeout_s
 * @property {boolean} silent Whether customers may leave without a signal (R20, R22).
 * @property {boolean} patient Whether they have patience with replies (R21).
 * @property {number} priority
 * @property {number[][]} tiers Groups that may take a chat, tier by tier (R7).
 * @property {Balking | null} balking
 * @property {string[]} retry_after Ways after which customers retry (R27).
 * @property {boolean} from_opening
 * @property {number[]} speed Speed of each chat with 0, 1, 2, … open (R17).
 */

/**
 * @typedef {object} GroupPlan
 * @property {string} name
 * @property {number[]} skills Queues.
 * @property {number} switching
 */

/**
 * @typedef {object} Plan
 * @property {string} policy
 * @property {number} horizon_s
 * @property {ArrayLike<number>[]} openings From and until when the centre is open, in order (R2).
 * @property {QueuePlan[]} queues
 * @property {GroupPlan[]} groups
 * @property {number[][]} outages Beginnings and ends, in order (R37).
 * @property {number[][]} slowdowns Beginnings, ends and factors (R36).
 * @property {{resolution: number, multitasking: number} | null} quality
 * @property {number} accept_s Delays of the chat platform (R39).
 * @property {number} deliver_s
 */

/**
 * @typedef {object} Team Agents in order of number, and their spans of duty in order of agent and time.
 * @property {ArrayLike<number>} group
 * @property {ArrayLike<number>} slots
 * @property {ArrayLike<ArrayLike<number>>} speed Of each agent on each day (R30).
 * @property {ArrayLike<ArrayLike<number>>} day_s When each agent's days begin.
 * @property {ArrayLike<number>} agent Of each span.
 * @property {ArrayLike<number>} on_s
 * @property {ArrayLike<number>} off_s Infinity for duty without end.
 * @property {ArrayLike<boolean | number>} stays
 */

/**
 * @typedef {object} Chains Who comes again (R27 to R29); a row each chat.
 * @property {ArrayLike<number>} next_row
 * @property {ArrayLike<boolean | number>} retries
 * @property {ArrayLike<boolean | number>} returns
 * @property {ArrayLike<number>} retry_delay_s
 * @property {ArrayLike<number>} return_delay_s
 */

/**
 * @typedef {object} Draws Who comes, with what patience and needs, in the rows of `sim.draws.record.Draws`.
 * @property {number} n_customers First attempts: the chats whose arrival is drawn.
 * @property {ArrayLike<number>} queue
 * @property {ArrayLike<number>} arrival_s
 * @property {ArrayLike<number>} patience_s
 * @property {ArrayLike<number>} work_s
 * @property {ArrayLike<number>} wrap_up_s
 * @property {ArrayLike<number>} route_u
 * @property {ArrayLike<number>} turn_offset
 * @property {ArrayLike<number>} agent_s
 * @property {ArrayLike<number>} customer_s
 * @property {ArrayLike<number>} reply_patience_s Empty where nobody has any.
 * @property {ArrayLike<boolean | number>} silent Empty where nobody is.
 * @property {ArrayLike<number>} detect_s
 * @property {ArrayLike<number>} balk_u
 * @property {Chains | null} chains
 * @property {ArrayLike<number>} resolve_u Empty without quality.
 */

export {};
