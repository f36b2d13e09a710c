// The page: sliders, the answer, the living team, the trade-off and the figures, held together.

import { ChallengeView } from "./challenge.js";
import { Controls } from "./controls.js";
import { buttonOf, byId } from "./dom.js";
import { differenceOf, FIGURES, quantityOf } from "./figures.js";
import { Guess } from "./guess.js";
import { LessonView } from "./lesson_view.js";
import { Model } from "./model.js";
import { Stage } from "./stage.js";
import { LANGUAGES } from "./texts.js";
import { makeTiles, showBadge, showTiles } from "./tiles.js";
import { TradeOff } from "./tradeoff.js";
import { answer, clause, clock, moreOrFewer, say, speak, verdictOf, WORSE, written } from "./words.js";
import { unpackAll } from "../../engines/browser/columns.js";

/** @typedef {import("./model.js").Settings} Settings */
/** @typedef {import("./model.js").Desk} Desk */
/** @typedef {import("./figures.js").Sums} Sums */
/** @typedef {import("./tiles.js").Figures} Figures */
/** @typedef {import("./texts.js").Language} Language */
/** @typedef {"sick" | "burst" | "slow" | "outage"} Incident */

const INCIDENTS = /** @type {Incident[]} */ (["sick", "burst", "slow", "outage"]);

/** All that the page shows, and what moves it. */
export class Page {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.model = new Model(desk);
    this.settings = this.model.asGiven();
    /** @type {Settings | null} */
    this.before = null;
    this.is_pinned = false;
    /** @type {Map<string, Sums[]>} */
    this.found = new Map();
    /** Which slider was moved last. */
    this.touched = "";
    /** @type {Language} */
    this.language = languageOf(navigator.languages);
    speak(this.language);
    this.controls = new Controls(desk, this.settings, byId("sliders"), (change, group) => this.move(change, group));
    this.stage = new Stage(desk);
    this.chart = new TradeOff(desk, {
      figuresOf: (settings) => this.figuresOf(settings),
      isFound: (settings) => this.found.has(JSON.stringify(settings)),
      isBroken: (figures) => this.worstOf(figures)?.verdict.endsWith("broken") === true,
    });
    this.guess = new Guess(this.chart.most.missed_rate, () => this.update());
    this.lessons = new LessonView(this);
    this.challenge = new ChallengeView(this);
    this.listen();
    this.makeIncidents();
    this.spell();
  }

  /** What is pressed and chosen. */
  listen() {
    const { desk } = this;
    byId("name").textContent = desk.name;
    byId("pin").addEventListener("click", () => this.pin());
    byId("reset").addEventListener("click", () => this.asGiven());
    byId("room").addEventListener("click", () => this.room());
    byId("theme").addEventListener("click", () => this.theme());
    byId("predict").addEventListener("click", () => this.predict());
    byId("over-agents").addEventListener("click", () => this.turn("agents"));
    byId("over-slots").addEventListener("click", () => this.turn("slots"));
    byId("over-slots").disabled = desk.slots === 0;
    for (const [code, name] of Object.entries(LANGUAGES)) byId("language").append(new Option(name, code, false, code === this.language));
    byId("language").addEventListener("change", () => this.translate(byId("language").value));
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** Every word that stays, in the language that is spoken. */
  spell() {
    const { desk } = this;
    document.documentElement.lang = this.language;
    for (const each of Array.from(document.querySelectorAll("[data-say]"))) each.textContent = say(/** @type {any} */ (each.getAttribute("data-say")));
    for (const each of Array.from(document.querySelectorAll("[data-label]"))) each.setAttribute("aria-label", say(/** @type {any} */ (each.getAttribute("data-label"))));
    const days = desk.days > 1 ? say("about_runs", { days: desk.days, n: desk.n_days }) : say("about_days", { n: desk.n_days });
    byId("about").textContent = say("about", { days });
    const notes = [say("made", { seed: desk.seed })];
    if (desk.unshown.length > 0) notes.push(say("unshown", { names: desk.unshown.join(", ") }));
    if (desk.ordinary) notes.push(say("ordinary"));
    byId("notes").textContent = notes.join(" ");
    makeTiles(desk.rules.threshold_s[0]);
    this.stage.play(this.stage.is_playing);
    this.lessons.spell();
    this.challenge.show();
  }

  /** Buttons of what may go wrong. */
  makeIncidents() {
    for (const key of INCIDENTS) {
      const button = buttonOf("", () => this.whatIf(key));
      button.id = `incident-${key}`;
      button.disabled = (key === "burst" && this.desk.demand.queues[0].times_s !== null) || (key === "sick" && this.model.mostSick() === 0);
      byId("incidents").append(button);
    }
  }

  /** What may go wrong, and whether it does. */
  showIncidents() {
    const time = clock(this.model.incidentAt());
    const words = { sick: say(this.model.mostSick() === 1 ? "one_calls_in" : "two_call_in"), burst: say("newsletter_at", { time }), slow: say("slow_hours"), outage: say("nobody_can") };
    for (const key of INCIDENTS) {
      const is_on = Boolean(this.settings[key]);
      byId(`incident-${key}`).textContent = words[key] + (is_on ? " ✓" : "");
      byId(`incident-${key}`).setAttribute("aria-pressed", String(is_on));
    }
  }

  /** @param {Language} language */
  translate(language) {
    this.language = language;
    speak(language);
    this.controls.build();
    this.spell();
    this.update();
    this.stage.tell();
  }

  /**
   * A slider has moved.
   * @param {Partial<Settings>} change
   * @param {number} group whose agents they are, if any
   */
  move(change, group) {
    const key = Object.keys(change)[0];
    if (key === "agents") this.chart.turn("agents", group);
    if (key === "slots") this.chart.turn("slots");
    this.change({ ...this.settings, ...change }, `${key}${group}`);
  }

  /**
   * @param {Settings} settings
   * @param {string} touched by what: as long as it is the same, "before" stays
   */
  change(settings, touched) {
    if (this.touched !== touched && !this.is_pinned && !this.guess.is_open) {
      this.before = this.settings;
      this.touched = touched;
    }
    if (!this.guess.is_open) this.guess.forget();
    const is_new = JSON.stringify(settings) !== JSON.stringify(this.settings);
    if (this.guess.is_on && is_new && !this.guess.is_open) {
      this.before ??= this.settings;
      this.guess.ask(this.figuresOf(this.before).missed_rate.value);
    }
    this.settings = settings;
    this.update();
  }

  /** @param {Incident} key */
  whatIf(key) {
    const is_on = !this.settings[key];
    const settings = { ...this.settings, [key]: key === "sick" ? (is_on ? this.model.mostSick() : 0) : is_on };
    this.change(settings, "what if");
  }

  pin() {
    this.is_pinned = !this.is_pinned;
    if (this.is_pinned) this.before = this.settings;
    byId("pin").setAttribute("aria-pressed", String(this.is_pinned));
    this.update();
  }

  predict() {
    this.guess.is_on = !this.guess.is_on;
    if (!this.guess.is_on) this.guess.forget();
    byId("predict").setAttribute("aria-pressed", String(this.guess.is_on));
    this.update();
  }

  asGiven() {
    this.settings = this.model.asGiven();
    this.controls.asGiven();
    this.before = null;
    this.touched = "";
    this.is_pinned = false;
    this.guess.forget();
    byId("pin").setAttribute("aria-pressed", "false");
    this.update();
  }

  room() {
    const is_on = document.documentElement.toggleAttribute("data-room");
    byId("room").setAttribute("aria-pressed", String(is_on));
    this.stage.paint();
  }

  theme() {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    this.stage.paint();
  }

  /** @param {string} over */
  turn(over) {
    this.chart.turn(over);
    this.update();
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

  /** Whether there is a state to compare with. */
  hasBefore() {
    return this.before !== null && JSON.stringify(this.before) !== JSON.stringify(this.settings);
  }

  /** Whether the answer is kept back: the room guesses or votes. */
  isHidden() {
    return this.guess.is_open || this.lessons.isVoting();
  }

  /** Everything anew: the answer at once, the curve afterwards. */
  update() {
    const { settings } = this;
    const before = this.hasBefore() ? this.before : null;
    const promises = this.controls.promises();
    const figures = this.figuresOf(settings);
    const figures_before = before === null ? null : this.figuresOf(before);
    const is_hidden = this.isHidden();
    this.controls.show(settings, this.before);
    this.showIncidents();
    this.showAnswer(figures, figures_before, is_hidden);
    const hours = { now: this.model.hours(settings), before: before === null ? null : this.model.hours(before) };
    showTiles(figures, figures_before, promises, hours, is_hidden);
    const late_s = promises.find((promise) => promise.name === "response_s")?.value ?? 60;
    const there = is_hidden && before !== null ? before : settings;
    this.stage.show(this.model.day(there, 0), late_s, this.before?.agents.reduce((sum, n) => sum + n, 0) ?? 0);
    this.guess.paint();
    const ring = this.guess.ring() ?? (is_hidden ? { share: NaN, text: "", is_open: true } : null);
    this.chart.show(settings, this.before, promises, ring);
    byId("desk").dataset.state = JSON.stringify({ figures, before: figures_before, settings, guess: this.guess.value, is_hidden });
  }

  /**
   * @param {Figures} figures
   * @param {Figures | null} before
   * @param {boolean} is_hidden
   */
  showAnswer(figures, before, is_hidden) {
    const worst = this.worstOf(figures);
    const said = answer(this.teamSaid(), this.incidentsSaid(this.settings), figures, worst);
    showBadge(is_hidden ? "unknown" : (worst?.verdict ?? "unknown"));
    if (this.lessons.lesson !== null) {
      this.lessons.show(said, is_hidden);
      return;
    }
    byId("sentence").textContent = is_hidden ? say("ask_missed", { change: this.changeSaid() }) : said;
    if (is_hidden && before !== null) byId("second").textContent = say("it_was", { value: written("missed_rate", before.missed_rate.value) });
    else this.showSecond(worst?.name ?? "missed_rate");
  }

  /** What was changed, in words. */
  changeSaid() {
    if (this.before === null) return "";
    const were = this.incidentsSaid(this.before);
    const incidents = this.incidentsSaid(this.settings).filter((said) => !were.includes(said));
    const said = [...this.controls.changes(this.settings, this.before), ...incidents].join(", ");
    return said.charAt(0).toUpperCase() + said.slice(1);
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
    return groups.length === 1 ? say("n_agents", { n }) : say("n_in_groups", { n, groups: groups.length });
  }

  /** @param {Settings} settings */
  incidentsSaid({ sick, burst, slow, outage }) {
    const said = [];
    if (sick > 0) said.push(say(sick === 1 ? "one_sick" : "two_sick"));
    if (burst) said.push(say("newsletter", { time: clock(this.model.incidentAt()) }));
    if (slow) said.push(say("slow"));
    if (outage) said.push(say("outage"));
    return said;
  }

  /** What the room guessed, beside what it is; nothing where it did not guess. */
  guessSaid() {
    if (this.guess.value === null) return "";
    const { missed_rate } = this.figuresOf(this.settings);
    return say("guessed", { guess: written("missed_rate", this.guess.value), value: written("missed_rate", missed_rate.value) });
  }

  /**
   * What was guessed, one agent fewer, one more, and against before.
   * @param {string} name
   */
  showSecond(name) {
    const parts = [];
    if (this.guess.value !== null) parts.push([this.guessSaid(), "", ""]);
    const { group: g } = this.chart;
    const { counts, name: group } = this.desk.groups[g];
    const is_one_of = this.desk.groups.length > 1;
    for (const change of [-1, 1]) {
      const agents = this.settings.agents.with(g, this.settings.agents[g] + change);
      if (!counts.includes(agents[g])) continue;
      const value = this.figuresOf({ ...this.settings, agents })[name].value;
      const words = change < 0 ? say(is_one_of ? "one_fewer_in" : "one_fewer", { group }) : say(is_one_of && !counts.includes(agents[g] - 2) ? "one_more_in" : "one_more", { group });
      parts.push(change < 0 || !counts.includes(agents[g] - 2) ? [words, clause(name, value), ". "] : [words, written(name, value), ". "]);
    }
    if (this.hasBefore()) parts.push([say(this.is_pinned ? "against_pinned" : "against_before"), moreOrFewer(this.difference()), "."]);
    byId("second").replaceChildren(
      ...parts.flatMap(([words, value, end]) => {
        const bold = document.createElement("b");
        bold.textContent = value;
        return [words, bold, end];
      }),
    );
  }

  /** Missed chats a day, now against before, day by day. */
  difference() {
    const [now, before] = [this.settings, /** @type {Settings} */ (this.before)].map((settings) =>
      this.daysOf(settings).map(({ missed_rate: [missed, offered] }) => /** @type {[number, number]} */ ([missed / this.desk.days, offered])),
    );
    return differenceOf(now, before, this.desk.t);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || ["SELECT", "TEXTAREA"].includes(target.tagName) || isText(target)) return;
    if (event.key === " " && target.tagName !== "BUTTON") {
      event.preventDefault();
      this.stage.play(!this.stage.is_playing);
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (this.lessons.lesson !== null && this.lessons.key(key, target)) return;
    if (this.challenge.is_on) {
      if (key === "Escape") this.challenge.leave();
      return;
    }
    /** @type {Record<string, () => void>} */
    const does = {
      b: () => this.pin(),
      g: () => this.predict(),
      r: () => this.room(),
      w: () => this.stage.jump(this.stage.worstAt()),
      a: () => this.turn("agents"),
      c: () => this.desk.slots > 0 && this.turn("slots"),
      0: () => this.asGiven(),
      Enter: () => target.tagName !== "BUTTON" && this.guess.show(),
      Escape: () => document.documentElement.hasAttribute("data-room") && this.room(),
    };
    if (key in does) does[key]();
    else if (/^[1-9]$/.test(key)) this.controls.focus(Number(key) - 1);
  }
}

/**
 * Whether letters are typed into it.
 * @param {HTMLElement} target
 */
const isText = (target) => target instanceof HTMLInputElement && target.type !== "range";

/**
 * The first language that the page speaks.
 * @param {readonly string[]} wanted
 * @returns {Language}
 */
function languageOf(wanted) {
  const codes = wanted.map((each) => each.slice(0, 2));
  return /** @type {Language} */ (codes.find((code) => code in LANGUAGES) ?? "en");
}

const is_dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.dataset.theme = is_dark ? "dark" : "light";
const page = new Page(unpackAll(JSON.parse(byId("data").textContent)));
page.update();
page.stage.tell();
if (page.desk.lesson !== null) page.lessons.begin(page.desk.lesson);
else if (!window.matchMedia("(prefers-reduced-motion: reduce)").matches) page.stage.play(true);
