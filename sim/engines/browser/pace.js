// How long does something take an agent, and when does it end? Speeds, slow systems and outages.

/** @typedef {import("./centre.js").Centre} Centre */

const DAY_S = 86400;

/**
 * Time that something takes an agent who begins it now: at their speed (R30, R36).
 * @param {Centre} c
 * @param {number} agent
 * @param {number} drawn_s
 * @param {number} now
 */
export function timeOf(c, agent, drawn_s, now) {
  const speeds = c.agents.agent_speed[agent];
  let today = Math.min(Math.floor(now / DAY_S), speeds.length - 1);
  const day_s = c.agents.day_s[agent];
  while (today > 0 && now < day_s[today]) today--;
  while (today + 1 < speeds.length && now >= day_s[today + 1]) today++; // a day of 23 hours before
  let takes_s = drawn_s / speeds[today];
  for (const [begins_s, over_s, factor] of c.slowdowns) {
    if (begins_s <= now && now < over_s) takes_s *= factor;
  }
  return takes_s;
}

/**
 * When something ends that is begun now and takes its agent so long: outages come on top (R37).
 * @param {Centre} c
 * @param {number} now
 * @param {number} takes_s
 */
export function endOf(c, now, takes_s) {
  let end_s = now + takes_s;
  for (const [begins_s, over_s] of c.outages) {
    if (now < over_s && begins_s < end_s) end_s += over_s - Math.max(begins_s, now);
  }
  return end_s;
}

/**
 * Time since then in which there was an outage (R37).
 * @param {Centre} c
 * @param {number} since_s
 * @param {number} now
 */
export function stoodStill(c, since_s, now) {
  let still_s = 0;
  for (const [begins_s, over_s] of c.outages) {
    still_s += Math.max(0, Math.min(over_s, now) - Math.max(begins_s, since_s));
  }
  return still_s;
}
