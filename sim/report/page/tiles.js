// How are the answer's badge and the figures shown?

import { FIGURES } from "./figures.js";
import { byId } from "./dom.js";
import { bare, interval, MARKS, plain, say, short, THIN, titleOf, verdictOf, written } from "./words.js";

/** @typedef {Record<string, import("./figures.js").Quantity>} Figures */
/** @typedef {{name: string, at_most: boolean, value: number}} Promised */

/** @type {Record<import("./words.js").Verdict, string>} */
const SHAPES = {
  kept: '<circle cx="20" cy="20" r="18" fill="var(--att)"/><path d="M11 21l6 6 12-13" fill="none" stroke="var(--onatt)" stroke-width="5"/>',
  "maybe kept": '<circle cx="20" cy="20" r="17" fill="var(--panel)" stroke="var(--att)" stroke-width="3"/><path d="M20 3a17 17 0 0 1 0 34z" fill="var(--att)"/><path d="M11 21l6 6 12-13" fill="none" stroke="var(--ink)" stroke-width="5"/>',
  "maybe broken": '<path d="M20 1l19 19-19 19L1 20z" fill="var(--wait)"/><path d="M20 10v13m0 4v4" stroke="#1d2733" stroke-width="5"/>',
  broken: '<path d="M13 2h14l11 11v14L27 38H13L2 27V13z" fill="var(--miss)"/><path d="M13 13l14 14m0-14L13 27" stroke="var(--panel)" stroke-width="5"/>',
  unknown: '<circle cx="20" cy="20" r="17" fill="none" stroke="var(--line2)" stroke-width="3"/>',
};

/** @param {import("./words.js").Verdict} verdict */
export function showBadge(verdict) {
  byId("badge").innerHTML = SHAPES[verdict];
}

/**
 * The tiles of all figures, empty.
 * @param {number} threshold_s
 */
export function makeTiles(threshold_s) {
  const tiles = [...FIGURES, "hours"].map((name) => {
    const tile = document.createElement("div");
    tile.className = "tile";
    tile.id = `tile-${name}`;
    tile.innerHTML = '<h2><span></span><span class="mark"></span></h2><p><s></s> <b></b> <small></small></p>';
    const label = /** @type {HTMLElement} */ (tile.querySelector("h2 span"));
    label.textContent = name === "service_level" ? say("accepted_in", { time: `${short(threshold_s)}${THIN}s` }) : titleOf(name);
    return tile;
  });
  byId("figures").replaceChildren(...tiles);
}

/**
 * @param {Figures} figures
 * @param {Figures | null} before
 * @param {Promised[]} promises
 * @param {{now: number, before: number | null}} hours
 * @param {boolean} is_hidden what is now, while the room guesses it
 */
export function showTiles(figures, before, promises, hours, is_hidden) {
  for (const name of FIGURES) {
    const promise = promises.find((each) => each.name === name);
    const was = before === null ? "" : `${bare(name, before[name].value)} →`;
    if (is_hidden) {
      fill(name, was, "?", "", "", false);
      continue;
    }
    const verdict = promise && verdictOf(promise, figures[name]);
    const mark = promise && verdict ? `${MARKS[verdict]} ${promise.at_most ? "≤" : "≥"} ${written(name, promise.value)}` : "";
    fill(name, was, written(name, figures[name].value), interval(name, figures[name]), mark, verdict?.endsWith("broken") ?? false);
  }
  fill("hours", hours.before === null ? "" : `${plain(hours.before)} →`, `${plain(hours.now)}${THIN}h`, say("as_planned"), "", false);
}

/** @param {string} name @param {string} was @param {string} value @param {string} error @param {string} mark @param {boolean} is_bad */
function fill(name, was, value, error, mark, is_bad) {
  const tile = byId(`tile-${name}`);
  tile.querySelector("s").textContent = was;
  tile.querySelector("b").textContent = value;
  tile.querySelector("small").textContent = error;
  tile.querySelector(".mark").textContent = mark;
  tile.querySelector(".mark").classList.toggle("bad", is_bad);
}
