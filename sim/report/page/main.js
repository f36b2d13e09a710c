// The page: sliders, the answer, the living team, the trade-off and the figures, held together.

import { Controls } from "./controls.js";
import { drawChart } from "./chart.js";
import { differenceOf, FIGURES, quantityOf } from "./figures.js";
import { Model } from "./model.js";
import { draw, Scenes } from "./team.js";
import { answer, clause, clock, counted, interval, MARKS, moreOrFewer, plain, THIN, TITLES, verdictOf, WORSE, written } from "./words.js";
import { unpackAll } from "../../engines/browser/columns.js";

/** @typedef {import("./model.js").Settings} Settings */
/** @typedef {import("./model.js").Desk} Desk */
/** @typedef {import("./figures.js").Sums} Sums */
/** @typedef {Record<string, import("./figures.js").Quantity>} Figures */

const SPEEDS = [10, 30, 120, 1];

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/** All that the page shows, and what moves it. */
class Page {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.model = new Model(desk);
    this.settings = this.model.asGiven();
    /** @type {Settings | null} */
    this.before = null;
    this.is_pinned = false;
    this.group = 0;
    this.over = "agents";
    /** @type {Map<string, Sums[]>} */
    this.found = new Map();
    this.now_s = desk.opens_s;
    this.speed = 30;
    this.is_playing = false;
    this.drawn_at = 0;
    /** @type {Scenes | null} */
    this.scenes = null;
    this.timer = 0;
    /** Which slider was moved last. */
    this.touched = "";
    const missed = desk.promises.find((promise) => promise.name === "missed_rate")?.value ?? 0.05;
    /** Upper ends of the axes: they belong to the scenario and never move. @type {Record<string, number>} */
    this.most = { missed_rate: Math.max(20, Math.ceil(100 * missed) * 4), asa_s: 40, response_s: 120 };
    this.controls = new Controls(desk, this.settings, byId("sliders"), (change, group) => this.move(change, group));
    this.prepare();
  }

  /** Words, tiles and keys that stay. */
  prepare() {
    const { desk } = this;
    byId("name").textContent = desk.name;
    byId("about").textContent = `· ${desk.days > 1 ? `${desk.days} days, simulated ${desk.n_days} times` : counted(desk.n_days, "simulated day")}, the same customers at every setting`;
    const unshown = desk.unshown.length > 0 ? ` Promised, and not judged on this page: ${desk.unshown.join(", ")}.` : "";
    const ordinary = desk.ordinary ? " Ordinary days: what the scenario has under [stress] happens in sim stress alone." : "";
    byId("notes").textContent = `Made by sim desk, seed ${desk.seed}. Intervals hold the mean with 95 %.${unshown}${ordinary}`;
    byId("moment").min = String(desk.opens_s);
    byId("moment").max = String(desk.closes_s);
    for (const [key, words] of /** @type {const} */ ([["sick", "Two call in sick"], ["burst", `Newsletter at ${clock(this.model.incidentAt())}`], ["slow", "Slow system, 2 h"], ["outage", "Nobody can answer, 10 min"]])) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => this.whatIf(key, button));
      if (key === "burst" && desk.demand.queues[0].times_s !== null) button.disabled = true;
      byId("incidents").append(button);
    }
    byId("figures").replaceChildren(...[...FIGURES, "hours"].map((name) => this.tile(name)));
    byId("play").addEventListener("click", () => this.play(!this.is_playing));
    byId("moment").addEventListener("input", () => this.jump(Number(byId("moment").value)));
    byId("speed").addEventListener("click", () => this.faster());
    byId("worst").addEventListener("click", () => this.jump(this.worstAt()));
    byId("pin").addEventListener("click", () => this.pin());
    byId("reset").addEventListener("click", () => this.asGiven());
    byId("room").addEventListener("click", () => this.room());
    byId("theme").addEventListener("click", () => this.theme());
    byId("over-agents").addEventListener("click", () => this.turn("agents"));
    byId("over-slots").addEventListener("click", () => this.turn("slots"));
    byId("over-slots").disabled = desk.slots === 0;
    document.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.paint()).observe(byId("scene"));
    setInterval(() => this.tell(), 5000);
  }

  /** @param {string} name */
  tile(name) {
    const tile = document.createElement("div");
    tile.className = "tile";
    tile.id = `tile-${name}`;
    tile.innerHTML = '<h2><span></span><span class="mark"></span></h2><p><s></s> <b></b> <small></small></p>';
    const title = name === "hours" ? "Agent hours a day" : TITLES[name].title;
    const label = tile.querySelector("h2 span");
    if (label) label.textContent = name === "service_level" ? `Accepted in ${plain(this.desk.rules.threshold_s[0]).replace(".0", "")}${THIN}s` : title;
    return tile;
  }

  /**
   * A slider has moved.
   * @param {Partial<Settings>} change
   * @param {number} group whose agents they are, if any
   */
  move(change, group) {
    const key = Object.keys(change)[0];
    const touched = `${key}${group}`;
    if (this.touched !== touched && !this.is_pinned) {
      this.before = this.settings;
      this.touched = touched;
    }
    if (key === "agents") this.turn("agents", group);
    if (key === "slots") this.turn("slots");
    this.settings = { ...this.settings, ...change };
    this.update();
  }

  /**
   * @param {"sick" | "burst" | "slow" | "outage"} key
   * @param {HTMLButtonElement} button
   */
  whatIf(key, button) {
    const is_on = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", String(is_on));
    button.textContent = (button.textContent ?? "").replace(" ✓", "") + (is_on ? " ✓" : "");
    if (!this.is_pinned && this.touched !== "what if") this.before = this.settings;
    this.touched = "what if";
    this.settings = { ...this.settings, [key]: key === "sick" ? (is_on ? 2 : 0) : is_on };
    this.update();
  }

  pin() {
    this.is_pinned = !this.is_pinned;
    if (this.is_pinned) this.before = this.settings;
    byId("pin").setAttribute("aria-pressed", String(this.is_pinned));
    this.update();
  }

  asGiven() {
    this.settings = this.model.asGiven();
    this.controls.asGiven();
    this.before = null;
    this.touched = "";
    this.is_pinned = false;
    byId("pin").setAttribute("aria-pressed", "false");
    for (const button of byId("incidents").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", "false");
      button.textContent = button.textContent.replace(" ✓", "");
    }
    this.update();
  }

  room() {
    const root = document.documentElement;
    const is_on = root.toggleAttribute("data-room");
    byId("room").setAttribute("aria-pressed", String(is_on));
    this.paint();
  }

  theme() {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    this.paint();
  }

  /**
   * Turn the chart to an axis.
   * @param {string} over
   * @param {number} [group]
   */
  turn(over, group = this.group) {
    this.over = over;
    this.group = group;
    byId("over-agents").setAttribute("aria-selected", String(over === "agents"));
    byId("over-slots").setAttribute("aria-selected", String(over === "slots"));
    this.curves();
  }

  /**
   * Sums of each day at some settings; remembered.
   * @param {Settings} settings
   */
  daysOf(settings) {
    const key = JSON.stringify(settings);
    let days = this.found.get(key);
    if (days === undefined) {
      if (this.found.size > 400) this.found.clear();
      days = this.model.days(settings);
      this.found.set(key, days);
    }
    return days;
  }

  /**
   * @param {Settings} settings
   * @returns {Figures}
   */
  figuresOf(settings) {
    const days = this.daysOf(settings);
    return Object.fromEntries(FIGURES.map((name) => [name, quantityOf(days.map((day) => day[name]), this.desk.t)]));
  }

  /** Everything anew: the answer at once, the curve afterwards. */
  update() {
    this.controls.show(this.settings, this.before);
    const figures = this.figuresOf(this.settings);
    const before = this.before && JSON.stringify(this.before) !== JSON.stringify(this.settings) ? this.figuresOf(this.before) : null;
    const worst = this.worstOf(figures);
    byId("sentence").textContent = answer(this.teamSaid(), this.incidentsSaid(), figures, worst);
    this.showBadge(worst?.verdict ?? "unknown");
    this.showSecond(worst?.name ?? "missed_rate", before !== null);
    this.showFigures(figures, before);
    this.scenes = new Scenes(this.model.day(this.settings, 0));
    this.paint();
    this.curves();
    const state = { figures, before, settings: this.settings };
    byId("desk").dataset.state = JSON.stringify(state);
  }

  /**
   * The clause that went worst; null where nothing is promised.
   * @param {Figures} figures
   */
  worstOf(figures) {
    const judged = this.controls.promises().map((promise) => ({ name: promise.name, verdict: verdictOf(promise, figures[promise.name]) }));
    judged.sort((a, b) => WORSE.indexOf(b.verdict) - WORSE.indexOf(a.verdict));
    return judged[0] ?? null;
  }

  teamSaid() {
    const { groups } = this.desk;
    const n = this.settings.agents.reduce((sum, each) => sum + each, 0);
    return groups.length === 1 ? counted(n, "agent") : `${n} agents in ${groups.length} groups`;
  }

  incidentsSaid() {
    const said = [];
    if (this.settings.sick > 0) said.push("two sick");
    if (this.settings.burst) said.push(`newsletter at ${clock(this.model.incidentAt())}`);
    if (this.settings.slow) said.push("slow system");
    if (this.settings.outage) said.push("an outage");
    return said;
  }

  /** @param {import("./words.js").Verdict} verdict */
  showBadge(verdict) {
    /** @type {Record<string, string>} */
    const shapes = {
      kept: '<circle cx="20" cy="20" r="18" fill="var(--att)"/><path d="M11 21l6 6 12-13" fill="none" stroke="var(--onatt)" stroke-width="5"/>',
      "maybe kept": '<circle cx="20" cy="20" r="17" fill="var(--panel)" stroke="var(--att)" stroke-width="3"/><path d="M20 3a17 17 0 0 1 0 34z" fill="var(--att)"/><path d="M11 21l6 6 12-13" fill="none" stroke="var(--ink)" stroke-width="5"/>',
      "maybe broken": '<path d="M20 1l19 19-19 19L1 20z" fill="var(--wait)"/><path d="M20 10v13m0 4v4" stroke="#1d2733" stroke-width="5"/>',
      broken: '<path d="M13 2h14l11 11v14L27 38H13L2 27V13z" fill="var(--miss)"/><path d="M13 13l14 14m0-14L13 27" stroke="var(--panel)" stroke-width="5"/>',
      unknown: '<circle cx="20" cy="20" r="17" fill="none" stroke="var(--line2)" stroke-width="3"/>',
    };
    byId("badge").innerHTML = shapes[verdict];
  }

  /**
   * One agent fewer, one more, and against before.
   * @param {string} name
   * @param {boolean} has_before
   */
  showSecond(name, has_before) {
    const parts = [];
    const { counts, name: group } = this.desk.groups[this.group];
    const whose = this.desk.groups.length > 1 ? ` in ${group}` : "";
    for (const [change, words] of /** @type {const} */ ([[-1, "One agent fewer"], [1, "One more"]])) {
      const agents = this.settings.agents.with(this.group, this.settings.agents[this.group] + change);
      if (!counts.includes(agents[this.group])) continue;
      const value = this.figuresOf({ ...this.settings, agents })[name].value;
      parts.push(parts.length === 0 ? [`${words}${whose}: `, clause(name, value), ". "] : [`${words}: `, written(name, value), ". "]);
    }
    if (has_before && this.before !== null) {
      const [now, before] = [this.daysOf(this.settings), this.daysOf(this.before)].map((days) =>
        days.map(({ missed_rate: [missed, offered] }) => /** @type {[number, number]} */ ([missed / this.desk.days, offered])),
      );
      parts.push([`Against ${this.is_pinned ? "the pinned" : "before"}: `, moreOrFewer(differenceOf(now, before, this.desk.t)), "."]);
    }
    byId("second").replaceChildren(
      ...parts.flatMap(([words, value, end]) => {
        const bold = document.createElement("b");
        bold.textContent = value;
        return [words, bold, end];
      }),
    );
  }

  /**
   * @param {Figures} figures
   * @param {Figures | null} before
   */
  showFigures(figures, before) {
    for (const name of FIGURES) {
      const promise = this.controls.promises().find((each) => each.name === name);
      const verdict = promise && verdictOf(promise, figures[name]);
      const mark = promise && verdict ? `${MARKS[verdict]} ${promise.at_most ? "≤" : "≥"} ${written(name, promise.value)}` : "";
      const was = before === null ? "" : `${written(name, before[name].value).split(THIN)[0]} →`;
      this.fill(name, was, written(name, figures[name].value), interval(name, figures[name]), mark, verdict?.endsWith("broken") ?? false);
    }
    const hours = this.model.hours(this.settings);
    const was = before === null || this.before === null ? "" : `${plain(this.model.hours(this.before))} →`;
    this.fill("hours", was, `${plain(hours)}${THIN}h`, "as planned", "", false);
  }

  /** @param {string} name @param {string} was @param {string} value @param {string} error @param {string} mark @param {boolean} is_bad */
  fill(name, was, value, error, mark, is_bad) {
    const tile = byId(`tile-${name}`);
    tile.querySelector("s").textContent = was;
    tile.querySelector("b").textContent = value;
    tile.querySelector("small").textContent = error;
    tile.querySelector(".mark").textContent = mark;
    tile.querySelector(".mark").classList.toggle("bad", is_bad);
  }

  /** The curve: the present point and its neighbours first, the rest outwards, one at a time. */
  curves() {
    clearTimeout(this.timer);
    const settings = this.settings;
    const places = this.axis();
    const now = this.over === "agents" ? settings.agents[this.group] : this.desk.slots + settings.slots;
    const at = (/** @type {number} */ x) =>
      this.over === "agents" ? { ...settings, agents: settings.agents.with(this.group, x) } : { ...settings, slots: x - this.desk.slots };
    const show = () => {
      const points = places.map((x) => ({ x, figures: this.found.has(JSON.stringify(at(x))) ? this.figuresOf(at(x)) : null }));
      this.showCurves(
        points.map((point) => ({ ...point, is_broken: point.figures !== null && this.worstOf(point.figures)?.verdict.endsWith("broken") === true })),
        now,
      );
    };
    const missing = () => places.filter((x) => !this.found.has(JSON.stringify(at(x)))).sort((a, b) => Math.abs(a - now) - Math.abs(b - now));
    const next = () => {
      const [x] = missing();
      if (x === undefined) return;
      this.figuresOf(at(x));
      show();
      this.timer = window.setTimeout(next, 10);
    };
    show();
    this.timer = window.setTimeout(next, 30);
  }

  /** @returns {number[]} */
  axis() {
    if (this.over === "slots") return [1, 2, 3, 4, 5, 6];
    return this.desk.groups[this.group].counts;
  }

  /**
   * @param {import("./chart.js").Point[]} points
   * @param {number} now
   */
  showCurves(points, now) {
    const promises = this.controls.promises();
    const promised = (/** @type {string} */ name) => promises.find((each) => each.name === name) ?? null;
    const second = this.over === "slots" || (promised("response_s") && !promised("asa_s") && !promised("service_level")) ? "response_s" : "asa_s";
    const missed = promised("missed_rate");
    const panels = [
      { figure: "missed_rate", title: "Missed, % of chats", most: this.most.missed_rate, promise: missed },
      { figure: second, title: second === "asa_s" ? "Wait, mean, s" : "Reply in chat, s", most: this.most[second], promise: promised(second) },
    ];
    const was = this.before === null || this.settings === this.before ? null : this.over === "agents" ? this.before.agents[this.group] : this.desk.slots + this.before.slots;
    const before = was === null || was === now || this.before === null ? null : { x: was, figures: this.figuresOf(this.before) };
    byId("marks").hidden = promises.length === 0;
    drawChart(byId("curves"), panels, points, now, before);
    const rows = points
      .filter((point) => point.figures !== null)
      .map((point) => {
        const row = document.createElement("tr");
        for (const text of [String(point.x), ...panels.map(({ figure }) => written(figure, /** @type {Figures} */ (point.figures)[figure].value))]) {
          const cell = document.createElement("td");
          cell.textContent = text;
          row.append(cell);
        }
        return row;
      });
    byId("values").tBodies[0].replaceChildren(...rows);
  }

  /** Draw the team and the day at the present moment. */
  paint() {
    if (this.scenes === null) return;
    const canvas = byId("scene");
    const { width, height } = canvas.getBoundingClientRect();
    if (width < 10 || height < 10) return;
    const pen = sized(canvas, width, height);
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const promise = this.controls.promises().find((each) => each.name === "response_s");
    const before = this.before?.agents.reduce((sum, n) => sum + n, 0) ?? 0;
    const how = { late_s: promise?.value ?? 60, before, names: this.desk.groups.map((group) => group.name) };
    draw(pen, { width, height, unit }, this.scenes, this.now_s, how);
    byId("time").textContent = clock(this.now_s);
    byId("moment").value = String(this.now_s);
    byId("moment").setAttribute("aria-valuetext", clock(this.now_s));
    this.paintDay();
  }

  /** The strip of half-hours: those past are darker, and missed chats stand on top. */
  paintDay() {
    const canvas = byId("day");
    const { width, height } = canvas.getBoundingClientRect();
    if (this.scenes === null || width < 10) return;
    const pen = sized(canvas, width, height);
    pen.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    const { opens_s, closes_s } = this.desk;
    const { came, missed } = this.scenes.halfHours(opens_s, closes_s);
    const most = Math.max(1, ...came);
    const wide = width / came.length;
    came.forEach((n, k) => {
      const tall = ((height - 2) * n) / most;
      const red = ((height - 2) * missed[k]) / most;
      pen.fillStyle = style.getPropertyValue(opens_s + 1800 * k < this.now_s ? "--mid" : "--pale");
      pen.fillRect(k * wide + 1, height - tall, wide - 2, tall);
      pen.fillStyle = style.getPropertyValue("--miss");
      pen.fillRect(k * wide + 1, height - tall, wide - 2, red);
    });
    pen.fillStyle = style.getPropertyValue("--ink");
    pen.fillRect((width * (this.now_s - opens_s)) / (closes_s - opens_s) - 1, 0, 2, height);
  }

  /** What is seen, for those who can't see it. */
  tell() {
    if (this.scenes !== null) byId("scene").setAttribute("aria-label", this.scenes.told(this.now_s));
  }

  /** @param {boolean} is_playing */
  play(is_playing) {
    this.is_playing = is_playing;
    byId("play").textContent = is_playing ? "❚❚" : "▶";
    byId("play").setAttribute("aria-label", is_playing ? "Pause" : "Play");
    this.drawn_at = performance.now();
    if (is_playing) requestAnimationFrame((at) => this.frame(at));
  }

  /** @param {number} at */
  frame(at) {
    if (!this.is_playing) return;
    const passed_s = Math.min(0.25, (at - this.drawn_at) / 1000);
    this.drawn_at = at;
    this.now_s += passed_s * this.speed;
    if (this.now_s >= this.desk.closes_s) this.now_s = this.desk.opens_s;
    this.paint();
    requestAnimationFrame((next) => this.frame(next));
  }

  faster() {
    this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length];
    byId("speed").textContent = `${this.speed}${THIN}×`;
  }

  /** @param {number} now_s */
  jump(now_s) {
    this.now_s = Math.min(Math.max(now_s, this.desk.opens_s), this.desk.closes_s);
    this.paint();
    this.tell();
  }

  /** The quarter of an hour in which most customers left, or most waited. */
  worstAt() {
    let [worst_s, most] = [this.now_s, -1];
    if (this.scenes === null) return worst_s;
    for (let from_s = this.desk.opens_s; from_s < this.desk.closes_s; from_s += 900) {
      const bad = 1000 * (this.scenes.missed(from_s + 900) - this.scenes.missed(from_s)) + this.scenes.waiting(from_s + 450).length;
      if (bad > most) [worst_s, most] = [from_s + 450, bad];
    }
    return worst_s;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && target.tagName !== "BUTTON") {
      event.preventDefault();
      this.play(!this.is_playing);
      return;
    }
    /** @type {Record<string, () => void>} */
    const does = {
      b: () => this.pin(),
      r: () => this.room(),
      w: () => this.jump(this.worstAt()),
      a: () => this.turn("agents"),
      c: () => this.desk.slots > 0 && this.turn("slots"),
      0: () => this.asGiven(),
      Escape: () => document.documentElement.hasAttribute("data-room") && this.room(),
    };
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key in does) does[key]();
    else if (/^[1-9]$/.test(key)) this.controls.focus(Number(key) - 1);
  }
}

/**
 * A canvas of as many pixels as the screen has.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function sized(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}

const is_dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.dataset.theme = is_dark ? "dark" : "light";
const page = new Page(unpackAll(JSON.parse(byId("data").textContent)));
page.update();
page.tell();
if (!window.matchMedia("(prefers-reduced-motion: reduce)").matches) page.play(true);
