// How is a lesson given? Its line takes the answer's place, and what does not matter goes.

import { buttonOf, byId } from "./dom.js";
import { Lesson, LESSONS, valuesOf } from "./lessons.js";
import { LESSON_TEXTS } from "./lesson_texts.js";
import { say } from "./words.js";

const LATEST_S = 3 * 3600;
/** Nobody waits again once nobody has waited for so long. */
const CALM_S = 120;

/** The lesson that is given, if any. */
export class LessonView {
  /** @param {import("./main.js").Page} page */
  constructor(page) {
    this.page = page;
    /** @type {Lesson | null} */
    this.lesson = null;
    /** @type {Window | null} */
    this.notes = null;
    this.listen(byId("lessons"));
    byId("lesson-next").addEventListener("click", () => this.go(1));
    byId("lesson-back").addEventListener("click", () => this.go(-1));
    byId("lesson-leave").addEventListener("click", () => this.leave());
    byId("lesson-notes").addEventListener("click", () => this.openNotes());
    byId("lesson-print").addEventListener("click", () => window.print());
  }

  /**
   * A lesson that is picked begins; those that the arrow keys or a letter pass in the closed list wait for Enter.
   * @param {HTMLSelectElement} list
   */
  listen(list) {
    let is_passing = false;
    list.addEventListener("keydown", (event) => {
      is_passing = !event.altKey && !["Enter", " "].includes(event.key);
      if (event.key !== "Enter" || list.value === "") return;
      event.preventDefault();
      this.begin(list.value);
    });
    for (const over of ["keyup", "pointerdown"]) list.addEventListener(over, () => (is_passing = false));
    list.addEventListener("change", () => is_passing || this.begin(list.value));
  }

  /** The list of lessons, in the language that is spoken. */
  spell() {
    const texts = LESSON_TEXTS[this.page.language];
    const head = new Option(`${say("lessons")} …`, "", true, true);
    const options = Object.keys(LESSONS).map((name) => {
      const is_here = this.page.desk.lessons.includes(name);
      const option = new Option(texts[name].title + (is_here ? "" : ` (${say("cannot")})`), name);
      option.disabled = !is_here;
      return option;
    });
    byId("lessons").replaceChildren(head, ...options);
  }

  /** @param {string} name */
  begin(name) {
    const { page } = this;
    this.lesson = new Lesson(name, () => page.language);
    page.asGiven();
    if (page.guess.is_on) page.predict();
    document.documentElement.dataset.lesson = name;
    byId("explore").hidden = true;
    byId("lesson").hidden = false;
    this.go(0);
    byId("lesson-next").focus();
  }

  leave() {
    this.lesson = null;
    delete document.documentElement.dataset.lesson;
    byId("explore").hidden = false;
    byId("lesson").hidden = true;
    byId("votes").hidden = true;
    byId("debrief").hidden = true;
    byId("lessons").value = "";
    for (const tile of byId("figures").children) tile.hidden = false;
    this.page.controls.only(null);
    this.page.asGiven();
    byId("lessons").focus();
  }

  /** @param {number} by */
  go(by) {
    const { lesson, page } = this;
    if (lesson === null) return;
    lesson.go(by);
    const usual = page.model.asGiven();
    const { step } = lesson;
    const settings = { ...usual, ...step.set?.(page.desk, usual) };
    page.settings = settings;
    page.before = JSON.stringify(settings) === JSON.stringify(usual) ? null : usual;
    page.touched = "lesson";
    page.chart.turn(step.over ?? "agents", 0);
    const is_after_guess = lesson.k > 0 && lesson.steps[lesson.k - 1].guess && !step.guess;
    if (step.guess && !lesson.is_debrief) page.guess.ask(page.figuresOf(usual).missed_rate.value);
    else if (is_after_guess) page.guess.is_open = false;
    else page.guess.forget();
    page.stage.at(step.speed ?? 30);
    page.update();
    if (step.jump === "worst") page.stage.jump(page.stage.worstAt() - 300);
    if (step.jump === "incident") page.stage.jump(page.model.incidentAt());
  }

  isVoting() {
    return this.lesson !== null && this.lesson.choices().length > 0;
  }

  /**
   * The line of the step, the answer below it, votes, and what stays of the desk.
   * @param {string} answer
   * @param {boolean} is_hidden
   */
  show(answer, is_hidden) {
    const lesson = /** @type {Lesson} */ (this.lesson);
    const values = this.values();
    byId("sentence").textContent = lesson.line(values);
    byId("second").textContent = is_hidden || lesson.is_debrief ? "" : this.page.guessSaid() + answer;
    byId("lesson-title").textContent = lesson.texts().title;
    byId("lesson-step").textContent = say("step", { k: lesson.k + 1, n: lesson.n_steps });
    byId("lesson-back").disabled = lesson.k === 0;
    byId("lesson-next").disabled = lesson.is_debrief;
    this.showVotes();
    this.showDebrief();
    this.page.controls.only(lesson.is_debrief ? [] : lesson.step.sliders);
    for (const tile of byId("figures").children) tile.hidden = !lesson.step.figures.includes(tile.id.replace("tile-", ""));
    this.writeNotes(values);
  }

  showVotes() {
    const lesson = /** @type {Lesson} */ (this.lesson);
    const choices = lesson.choices();
    byId("votes").hidden = choices.length === 0;
    const buttons = choices.map((choice, k) => {
      const press = () => {
        lesson.votes[k]++;
        button.lastElementChild?.replaceChildren(String(lesson.votes[k]));
      };
      const button = buttonOf(`${choice} `, press);
      const count = document.createElement("b");
      count.textContent = String(lesson.votes[k] ?? 0);
      button.append(count);
      return button;
    });
    byId("votes").replaceChildren(...buttons);
  }

  showDebrief() {
    const lesson = /** @type {Lesson} */ (this.lesson);
    byId("debrief").hidden = !lesson.is_debrief;
    byId("debrief-title").textContent = lesson.texts().title;
    const said = lesson.texts().debrief;
    byId("debrief-lines").replaceChildren(
      ...said.slice(0, -1).map((line) => {
        const item = document.createElement("li");
        item.textContent = line;
        return item;
      }),
    );
    byId("debrief-question").textContent = said[said.length - 1];
  }

  /** What the words are about. */
  values() {
    const { page } = this;
    const usual = page.model.asGiven();
    return valuesOf({
      desk: page.desk,
      settings: page.settings,
      usual,
      now: page.figuresOf(page.settings),
      before: page.figuresOf(usual),
      missed: page.daysOf(page.settings).map((day) => day.missed_rate),
      promised: page.controls.promises().find((promise) => promise.name === "missed_rate")?.value ?? null,
      began_s: page.model.incidentAt(),
      over_s: page.settings.burst ? this.overAt() : null,
    });
  }

  /** When nobody waited again after the newsletter, on the day that is shown: for two minutes on end. */
  overAt() {
    const { model, settings } = this.page;
    const { log } = model.day(settings, 0);
    const began_s = model.incidentAt() + 900;
    const rows = Array.from(log.queued.keys()).filter((row) => log.queued[row] && log.arrival_s[row] < began_s + LATEST_S);
    rows.sort((a, b) => log.arrival_s[a] - log.arrival_s[b]);
    let calm_s = began_s;
    for (const row of rows) {
      const until_s = Number.isNaN(log.accepted_s[row]) ? log.ended_s[row] : log.accepted_s[row];
      if (!(until_s > calm_s)) continue;
      if (log.arrival_s[row] >= calm_s + CALM_S) break;
      calm_s = until_s;
    }
    return calm_s;
  }

  /** Trainer's notes in a window of their own, off the projector. */
  openNotes() {
    this.notes = window.open("", "notes", "width=520,height=560");
    this.writeNotes(this.values());
  }

  /** @param {Record<string, string>} values */
  writeNotes(values) {
    const { lesson, notes } = this;
    if (lesson === null || notes === null || notes.closed) return;
    const { body } = notes.document;
    notes.document.title = say("notes_title");
    const parts = [
      ["h1", `${lesson.texts().title} · ${say("step", { k: lesson.k + 1, n: lesson.n_steps })}`],
      ["h2", lesson.line(values)],
      ["p", lesson.is_debrief ? lesson.texts().debrief.join(" ") : lesson.note(values)],
    ];
    body.replaceChildren(
      ...parts.map(([tag, text]) => {
        const made = notes.document.createElement(tag);
        made.textContent = text;
        return made;
      }),
    );
  }

  /**
   * Keys of a lesson.
   * @param {string} key
   * @param {HTMLElement} target
   * @returns {boolean} whether it was one
   */
  key(key, target) {
    if (key === "n") this.openNotes();
    else if (key === "Escape") this.leave();
    else if (key === "Backspace") this.go(-1);
    else if (key === "Enter" && target.tagName !== "BUTTON" && !this.page.guess.is_open) this.go(1);
    else return ["0", "b", "g"].includes(key);
    return true;
  }
}
