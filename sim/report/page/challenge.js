// Can the room staff the day itself? A column an interval, a budget of hours, and the search's plan to be held against.

import { buttonOf, byId } from "./dom.js";
import { missedBetween } from "./figures.js";
import { clock, plain, say, short, THIN, written } from "./words.js";

/** @typedef {import("./model.js").Settings} Settings */

/** Share missed of all and in each interval, and how many intervals break the promise. @typedef {{share: number, shares: number[], n_broken: number}} Judged */

/** A plan that the room makes. */
export class ChallengeView {
  /** @param {import("./main.js").Page} page */
  constructor(page) {
    this.page = page;
    this.challenge = page.desk.challenge;
    this.is_on = false;
    /** What the room's plan and the search's come to, once it is handed in. @type {{ours: Judged, theirs: Judged} | null} */
    this.judged = null;
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
    this.judged = null;
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
    if (this.judged !== null) return;
    const { most } = /** @type {import("./model.js").Challenge} */ (this.challenge);
    const within = Math.min(Math.max(agents, 0), most);
    if (within === this.plan[k]) return;
    this.plan = this.plan.with(k, within);
    this.show();
  }

  handIn() {
    if (this.hours(this.plan) > this.budget_h + 1e-9) return;
    const { plan } = /** @type {import("./model.js").Challenge} */ (this.challenge);
    this.judged = { ours: this.judge(this.plan), theirs: this.judge(plan) };
    this.show();
    byId("challenge-replay").focus();
  }

  /** Share that is promised to be missed at most. */
  get promised() {
    return this.page.desk.promises.find((promise) => promise.name === "missed_rate")?.value ?? 1;
  }

  /** What a plan comes to on the room's days. @param {number[]} plan @returns {Judged} */
  judge(plan) {
    const { page } = this;
    const { width_s, first_s } = /** @type {import("./model.js").Challenge} */ (this.challenge);
    const sums = plan.map(() => [0, 0]);
    const all = [0, 0];
    const settings = this.settings(plan);
    for (let k = 0; k < page.desk.n_days; k++) {
      const day = page.model.day(settings, k);
      add(all, day.sums.missed_rate);
      missedBetween(day, page.desk.rules, first_s, width_s, plan.length).forEach((found, slot) => add(sums[slot], found));
    }
    const shares = sums.map(([missed, offered]) => (offered > 0 ? missed / offered : NaN));
    return { share: all[0] / all[1], shares, n_broken: shares.filter((each) => each > this.promised).length };
  }

  /** Everything anew. */
  show() {
    const { challenge, page } = this;
    if (challenge === null || !this.is_on) return;
    const used_h = this.hours(this.plan);
    const left_h = this.budget_h - used_h;
    const { judged } = this;
    byId("budget").max = String(this.budget_h);
    byId("budget").value = String(Math.min(used_h, this.budget_h));
    byId("budget-said").textContent = left_h >= 0 ? say("hours_left", { hours: short(left_h) }) : say("hours_over", { hours: short(-left_h) });
    byId("budget-said").classList.toggle("bad", left_h < 0);
    byId("challenge-hand-in").disabled = judged !== null || left_h < 0 || used_h === 0;
    byId("challenge-replay").disabled = judged === null;
    byId("challenge").hidden = this.is_replayed;
    this.showColumns(judged?.ours.shares ?? null);
    byId("sentence").textContent = judged === null ? say("challenge_task", { hours: short(this.budget_h) }) : this.scored(judged.ours);
    byId("second").textContent = judged === null ? say("challenge_how") : this.searched(judged.theirs);
    byId("badge").replaceChildren();
    page.guess.forget();
  }

  /** @param {Judged} ours */
  scored({ share, n_broken }) {
    const missed = written("missed_rate", share);
    return n_broken === 0 ? say("challenge_kept", { room: this.room, missed }) : say("challenge_broken", { room: this.room, missed, n: n_broken });
  }

  /** @param {Judged} theirs */
  searched({ share, n_broken }) {
    return say("challenge_search", { hours: short(this.budget_h), missed: written("missed_rate", share), n: n_broken });
  }

  /** @param {number[] | null} shares */
  showColumns(shares) {
    const { most, plan } = /** @type {import("./model.js").Challenge} */ (this.challenge);
    const expected = this.expected();
    const top = Math.max(...expected, 1e-9);
    Array.from(byId("columns").children).forEach((column, k) => {
      const [demand, planned, searched] = ["demand", "planned", "searched"].map((name) => /** @type {HTMLElement} */ (column.getElementsByClassName(name)[0]));
      demand.style.height = `${(90 * expected[k]) / top}%`;
      planned.style.height = `${(100 * this.plan[k]) / most}%`;
      planned.style.backgroundSize = `100% ${100 / Math.max(1, this.plan[k])}%`;
      searched.style.height = `${(100 * plan[k]) / most}%`;
      searched.hidden = shares === null;
      const bar = /** @type {HTMLElement} */ (column.firstElementChild);
      /** @type {HTMLElement} */ (bar.lastElementChild).textContent = String(this.plan[k]);
      const is_broken = shares !== null && shares[k] > this.promised;
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

/** @param {number[]} sums @param {number[]} more */
function add(sums, more) {
  more.forEach((each, k) => (sums[k] += each));
}
