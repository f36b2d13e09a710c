// What does the room expect? It guesses before the page answers, by a ring in the chart.

import { missedAt } from "./chart.js";
import { byId } from "./dom.js";
import { say, written } from "./words.js";

/** A guess of the share that will be missed. */
export class Guess {
  /**
   * @param {number} most per cent, the chart's upper end
   * @param {() => void} changed called when the guess moves, or is shown
   */
  constructor(most, changed) {
    this.most = most;
    this.changed = changed;
    /** Whether each move asks first. */
    this.is_on = false;
    /** Whether the answer is hidden now. */
    this.is_open = false;
    /** What was guessed; null where nothing was. @type {number | null} */
    this.value = null;
    const input = byId("guess-value");
    input.max = String(most);
    input.addEventListener("input", () => this.set(Number(input.value) / 100));
    byId("guess-show").addEventListener("click", () => this.show());
    const chart = byId("curves");
    const drag = (/** @type {PointerEvent} */ event) => {
      if (this.is_open && event.buttons > 0) this.set(missedAt(chart, event.clientY, this.most));
    };
    chart.addEventListener("pointerdown", drag);
    chart.addEventListener("pointermove", drag);
  }

  /**
   * Hide the answer and ask.
   * @param {number} usual where the ring stands at first: the share before
   */
  ask(usual) {
    this.is_open = true;
    this.value = this.rounded(Number.isFinite(usual) ? usual : 0);
  }

  /** @param {number} share */
  set(share) {
    this.value = this.rounded(share);
    this.changed();
  }

  /** Half points, within the chart. @param {number} share */
  rounded(share) {
    return Math.min(Math.max(Math.round(share * 200) / 200, 0), this.most / 100);
  }

  show() {
    if (!this.is_open) return;
    this.is_open = false;
    this.changed();
  }

  /** Nothing is guessed any more. */
  forget() {
    this.is_open = false;
    this.value = null;
  }

  /** @returns {import("./chart.js").Ring | null} */
  ring() {
    if (this.value === null) return null;
    return { share: this.value, text: this.is_open ? written("missed_rate", this.value) : say("guess_mark", { value: written("missed_rate", this.value) }), is_open: this.is_open };
  }

  /** The row below the chart. */
  paint() {
    byId("guess").hidden = !this.is_open;
    if (!this.is_open || this.value === null) return;
    byId("guess-value").value = String(100 * this.value);
    byId("guess-value").setAttribute("aria-valuetext", written("missed_rate", this.value));
    byId("guess-said").textContent = written("missed_rate", this.value);
  }
}
