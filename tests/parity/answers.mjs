// Node's side of the parity of the browser's engine: a line of JSON in for each world, a line of columns out.

import { createInterface } from "node:readline";

import { pack, unpackAll } from "../../sim/engines/browser/columns.js";
import { drawn } from "../../sim/engines/browser/draws.js";
import { simulate } from "../../sim/engines/browser/engine.js";
import { duration, count } from "../../sim/engines/browser/laws.js";
import { Order, Outcome } from "../../sim/engines/browser/rules.js";
import { FIGURES, quantityOf } from "../../sim/report/page/figures.js";
import { Model } from "../../sim/report/page/model.js";
import { Stream, Uniforms } from "../../sim/engines/browser/streams.js";

/** What may be asked, by name. @type {Record<string, (question: any) => any>} */
const QUESTIONS = {
  rules: () => ({ Order, Outcome, Stream }),
  simulate: ({ plan, team, draws }) => {
    const { n_events, ...columns } = simulate(plan, team, draws);
    return { n_events, columns: packed(columns) };
  },
  draw: ({ demand, seed, replication }) => {
    const { n_customers, chains, ...columns } = drawn(demand, seed, replication);
    return { n_customers, chains: chains && packed(chains), columns: packed(columns) };
  },
  desk: ({ desk, settings }) => {
    const model = new Model(desk);
    const days = model.days({ ...model.asGiven(), ...settings });
    return Object.fromEntries(FIGURES.map((name) => [name, quantityOf(days.map((day) => day[name]), desk.t)]));
  },
  uniforms: ({ seed, replication, place, stream, n }) =>
    packed({ u: new Uniforms(seed, replication, place, stream).take(n) }),
  law: ({ law, counts, u }) => packed({ x: Float64Array.from(u, (counts ? count : duration)(law)) }),
};

/** @param {Record<string, any>} columns */
function packed(columns) {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, pack(column)]));
}

for await (const line of createInterface({ input: process.stdin })) {
  let found;
  try {
    const question = unpackAll(JSON.parse(line));
    found = QUESTIONS[question.ask](question);
  } catch (error) {
    found = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
