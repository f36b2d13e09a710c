// Can the room staff the day itself? A column an interval, a budget of hours, and the search's plan to be held against.

import { buttonOf, byId } from "./dom.js";
import { missedBetween } from "./figures.js";
import { clock, plain, say, short, THIN, written } from "./words.js";

/** @typedef {import("./model.js").Settings} Settings */

/** A plan that the room makes. */
export class ChallengeView {
  /** @param {import("./main.js").Page} page */
  constructor(page) {
    this.page = page;
    this.challenge = page.desk.challenge;
    this.is_on = false;
    this.is_handed_in = false;
    /** Whether the living team shows the plan. */
    this.is_replayed = false;
    this.room = page.desk.seed;
    /** @type {number[]} */
    this.plan = (this.challenge?.plan ?? []).map(() => 0);
    /** @type {{name: string, share: number}[]} */
    this.scores = [];
    byId("challenge-begin").hidden = this.challenge === null;
    if (this.challenge === null) return;
    byId("challenge-begin").addEventListener("click", () => this.begin());
    byId("challenge-hand-in").addEventListener("click", () => this.handIn());
    byId("challenge-again").addEventListener("click", () => this.again());
    byId("challenge-replay").addEventListener("click", () => this.replay());
    byId("challenge-leave").addEventListener("click", () => this.leave());
    byId("challenge-room").addEventListener("change", () => this.enter(Number(byId("challenge-room").value)));
    byId("score-add").addEventListener("click", () => this.addScore());
    byId("columns").replaceChildren(...this.challenge.plan.map((_, k) => this.column(k)));
  }

  begin() {
    this.is_on = true;
    document.documentElement.dataset.mode = "challenge";
    byId("explore").hidden = true;
    byId("challenge-nav").hidden = false;
    byId("challenge").hidden = false;
    byId("challenge-room").value = String(this.room);
    this.again();
    byId("column-0").focus();
  }

  leave() {
    this.is_on = false;
    this.is_replayed = false;
    delete document.documentElement.dataset.mode;
    byId("explore").hidden = false;
    byId("challenge-nav").hidden = true;
    byId("challenge").hidden = true;
    this.page.asGiven();
    byId("challenge-begin").focus();
  }

  /** @param {number} room */
  enter(room) {
    this.room = Math.min(Math.max(Math.round(Number.isFinite(room) ? room : 1), 1), 999_999);
    byId("challenge-room").value = String(this.room);
    this.again();
  }

  /** Nothing is planned yet. */
  again() {
    this.is_handed_in = false;
    this.is_replayed = false;
    this.plan = this.plan.map(() => 0);
    this.show();
  }

  /** @param {number[]} plan @returns {Settings} */
  settings(plan) {
    return { ...this.page.model.asGiven(), plan, seed: this.room };
  }

  /** @param {number[]} plan */
  hours(plan) {
    return (plan.reduce((sum, n) => sum + n, 0) * (this.challenge?.width_s ?? 0)) / 3600;
  }

  get budget_h() {
    return this.hours(this.challenge?.plan ?? []);
  }

  /** Chats that are expected in each interval. */
  expected() {
    const { desk } = this.page;
    const { width_s, first_s } = /** @type {import("./model.js").Challenge} */ (this.challenge);
    return this.plan.map((_, k) => {
      const [from_s, to_s] = [first_s + k * width_s, first_s + (k + 1) * width_s];
      let sum = 0;
      for (const { edges_s, expected } of desk.demand.queues) {
        for (let i = 0; i < expected.length; i++) {
          const overlap_s = Math.min(edges_s[i + 1], to_s) - Math.max(edges_s[i], from_s);
          if (overlap_s > 0) sum += (expected[i] * overlap_s) / (edges_s[i + 1] - edges_s[i]);
        }
      }
      return sum;
    });
  }

  /**
   * A column: so many agents in one interval, moved by arrow keys or by the pointer.
   * @param {number} k
   */
  column(k) {
    const { most, first_s, width_s } = /** @type {import("./model.js").Challenge} */ (this.challenge);
    const column = document.createElement("div");
    column.className = "column";
    column.innerHTML = '<div class="bar" tabindex="0" role="slider" aria-orientation="vertical"><i class="demand"></i><i class="planned"></i><i class="searched"></i><b></b></div><span class="hour"></span><span class="result"></span>';
    const bar = /** @type {HTMLElement} */ (column.firstElementChild);
    bar.id = `column-${k}`;
    bar.setAttribute("aria-valuemin", "0");
    bar.setAttribute("aria-valuemax", String(most));
    const hour = column.getElementsByClassName("hour")[0];
    hour.textContent = (first_s + k * width_s) % 3600 === 0 ? clock(first_s + k * width_s) : "";
    bar.addEventListener("keydown", (event) => this.key(event, k));
    const drag = (/** @type {PointerEvent} */ event) => {
      if (event.buttons === 0) return;
      const { top, height } = bar.getBoundingClientRect();
      this.set(k, Math.ceil(((top + height - event.clientY) / height) * most - 0.25));
    };
    bar.addEventListener("pointerdown", drag);
    bar.addEventListener("pointermove", drag);
    return column;
  }

  /** @param {KeyboardEvent} event @param {number} k */
  key(event, k) {
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    const next = { ArrowLeft: k - 1, ArrowRight: k + 1 }[event.key];
    if (by === undefined && next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (by !== undefined) this.set(k, this.plan[k] + by);
    else if (next !== undefined) document.getElementById(`column-${next}`)?.focus();
  }

  /** @param {number} k @param {number} agents */
  set(k, agents) {
    if (this.is_handed_in) return;
    const { most } = /** @type {import("./model.js").Challenge} */ (this.challenge);
    const within = Math.min(Math.max(agents, 0), most);
    if (within === this.plan[k]) return;
    this.plan = this.plan.with(k, within);
    this.show();
  }

  handIn() {
    if (this.hours(this.plan) > this.budget_h + 1e-9) return;
    this.is_handed_in = true;
    this.show();
    byId("challenge-replay").focus();
  }

  /** What a plan comes to on the room's days: share missed of all, and of each interval. @param {number[]} plan */
  judged(plan) {
    const { page } = this;
    const { width_s, first_s } = /** @type {import("./model.js").Challenge} */ (this.challenge);
    const sums = plan.map(() => [0, 0]);
    const settings = this.settings(plan);
    for (let day = 0; day < page.desk.n_days; day++) {
      const found = missedBetween(page.model.day(settings, day), page.desk.rules, first_s, width_s, plan.length);
      found.forEach(([missed, offered], k) => {
        sums[k][0] += missed;
        sums[k][1] += offered;
      });
    }
    const promised = page.desk.promises.find((promise) => promise.name === "missed_rate")?.value ?? 1;
    const shares = sums.map(([missed, offered]) => (offered > 0 ? missed / offered : NaN));
    const share = page.figuresOf(settings).missed_rate.value;
    return { share, shares, n_broken: shares.filter((each) => each > promised).length, promised };
  }

  /** Everything anew. */
  show() {
    const { challenge, page } = this;
    if (challenge === null || !this.is_on) return;
    const used_h = this.hours(this.plan);
    const left_h = this.budget_h - used_h;
    const ours = this.is_handed_in ? this.judged(this.plan) : null;
    byId("budget").max = String(this.budget_h);
    byId("budget").value = String(Math.min(used_h, this.budget_h));
    byId("budget-said").textContent = left_h >= 0 ? say("hours_left", { hours: short(left_h) }) : say("hours_over", { hours: short(-left_h) });
    byId("budget-said").classList.toggle("bad", left_h < 0);
    byId("challenge-hand-in").disabled = this.is_handed_in || left_h < 0 || used_h === 0;
    byId("challenge-replay").disabled = !this.is_handed_in;
    byId("challenge").hidden = this.is_replayed;
    this.showColumns(ours?.shares ?? null, ours?.promised ?? 1);
    byId("sentence").textContent = ours === null ? say("challenge_task", { hours: short(this.budget_h) }) : this.scored(ours);
    byId("second").textContent = ours === null ? say("challenge_how") : this.searched();
    byId("badge").replaceChildren();
    page.guess.forget();
  }

  /** @param {{share: number, n_broken: number}} ours */
  scored({ share, n_broken }) {
    const missed = written("missed_rate", share);
    return n_broken === 0 ? say("challenge_kept", { room: this.room, missed }) : say("challenge_broken", { room: this.room, missed, n: n_broken });
  }

  searched() {
    const theirs = this.judged(/** @type {import("./model.js").Challenge} */ (this.challenge).plan);
    return say("challenge_search", { hours: short(this.budget_h), missed: written("missed_rate", theirs.share), n: theirs.n_broken });
  }

  /** @param {number[] | null} shares @param {number} promised */
  showColumns(shares, promised) {
    const { most, plan } = /** @type {import("./model.js").Challenge} */ (this.challenge);
    const expected = this.expected();
    const top = Math.max(...expected, 1e-9);
    Array.from(byId("columns").children).forEach((column, k) => {
      const [demand, planned, searched] = ["demand", "planned", "searched"].map((name) => /** @type {HTMLElement} */ (column.getElementsByClassName(name)[0]));
      demand.style.height = `${(90 * expected[k]) / top}%`;
      planned.style.height = `${(100 * this.plan[k]) / most}%`;
      planned.style.backgroundSize = `100% ${100 / Math.max(1, this.plan[k])}%`;
      searched.style.height = `${(100 * plan[k]) / most}%`;
      searched.hidden = !this.is_handed_in;
      const bar = /** @type {HTMLElement} */ (column.firstElementChild);
      /** @type {HTMLElement} */ (bar.lastElementChild).textContent = String(this.plan[k]);
      const is_broken = shares !== null && shares[k] > promised;
      column.classList.toggle("broken", is_broken);
      const result = /** @type {HTMLElement} */ (column.lastElementChild);
      result.textContent = shares === null ? short(expected[k]) : Number.isFinite(shares[k]) ? `${short(100 * shares[k])}${is_broken ? THIN + "✗" : ""}` : "–";
      const { first_s, width_s } = /** @type {import("./model.js").Challenge} */ (this.challenge);
      bar.setAttribute("aria-label", say("column", { time: clock(first_s + k * width_s), chats: plain(expected[k]) }));
      bar.setAttribute("aria-valuenow", String(this.plan[k]));
      bar.setAttribute("aria-valuetext", say("n_agents", { n: this.plan[k] }) + (shares === null ? "" : `, ${written("missed_rate", shares[k])}`));
    });
    byId("result-head").textContent = say(shares === null ? "row_chats" : "row_missed");
  }

  /** The living team on the room's first day, at the worst interval. */
  replay() {
    const { page } = this;
    this.is_replayed = !this.is_replayed;
    byId("challenge-replay").setAttribute("aria-pressed", String(this.is_replayed));
    this.show();
    if (!this.is_replayed) return;
    page.stage.show(page.model.day(this.settings(this.plan), 0), 60, 0);
    page.stage.jump(page.stage.worstAt() - 300);
    page.stage.play(true);
  }

  /** A table's result, typed in by the trainer. */
  addScore() {
    const name = byId("score-name").value.trim();
    const share = Number(byId("score-share").value.replace(",", "."));
    if (name === "" || !(share >= 0 && share <= 100) || byId("score-share").value.trim() === "") return;
    this.scores = [...this.scores.filter((each) => each.name !== name), { name, share: share / 100 }].sort((a, b) => a.share - b.share);
    byId("scores").replaceChildren(
      ...this.scores.map(({ name: who, share: missed }) => {
        const item = document.createElement("li");
        const table = document.createElement("bdi");
        table.textContent = who;
        item.append(table, ` ${written("missed_rate", missed)} `, buttonOf("×", () => this.dropScore(who)));
        return item;
      }),
    );
    byId("score-name").value = byId("score-share").value = "";
    byId("score-name").focus();
  }

  /** @param {string} name */
  dropScore(name) {
    this.scores = this.scores.filter((each) => each.name !== name);
    for (const item of Array.from(byId("scores").children)) if (item.firstElementChild?.textContent === name) item.remove();
  }
}
