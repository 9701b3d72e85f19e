// What a drafter does, as functions: each changes the state and talks to the server.

import * as api from "./api.js";
import * as decimals from "./decimals.js";
import {
  carried, changesOf, numbersAfter, placed, without, withNumber,
} from "./draft.js";
import * as keeping from "./keeping.js";
import { state, update } from "./store.js";
import { populationsOf } from "./views/shown.js";
import { say, speak, t } from "./words.js";

const PAUSE = 70; // ms after the last movement of a slider before it is sent
const AGAIN = 200; // ms until a question that the server dropped is asked again
const TYPING = 350; // ms after the last key in the text
const REVIEW = 1200; // ms of quiet before the slower review is asked for
const TOGETHER = 1500; // movements of one number within so many ms are one step of undo
const DEPTH = 200;

// -- beginning

export async function begin() {
  const asked = new URLSearchParams(location.search).get("lang");
  setLanguage(asked ?? keeping.keptLanguage() ?? "zh");
  if (!api.takeToken()) return update({ gate: "token" });
  try {
    update({ desk: await api.desk() });
  } catch (error) {
    return failed(error);
  }
  for (const job of state.desk.jobs ?? []) if (job.state === "running") watch(job.id, null, job);
  const known = new Set(state.desk.policies.map((policy) => policy.ref));
  const wanted = [decodeURIComponent(location.hash.slice(1)), keeping.keptLast()];
  const ref = wanted.find((each) => known.has(each));
  if (ref) await open(ref);
  else update({ picking: true });
}

export function setLanguage(language) {
  speak(language);
  document.title = t("name");
  keeping.keepLanguage(language);
  update({ language });
}

/** What went wrong, where it can be seen. */
function failed(error) {
  if (error instanceof api.Gone) return update({ gate: "gone" });
  if (error instanceof api.Refusal && error.status === 401) {
    api.forgetToken();
    return update({ gate: "token" });
  }
  if (error instanceof api.Refusal) return update({ problem: error.findings, busy: false });
  throw error;
}

// -- opening a policy

export async function open(ref) {
  if (state.ref && state.ref !== ref) forget();
  update({ ref, policy: null, problem: null, picking: false, drawer: false, focus: null, elsewhere: null });
  const settings = keeping.keptSettings(ref);
  try {
    const found = await api.policy(ref, settings?.assume);
    if (state.ref !== ref) return;
    show(found, settings);
  } catch (error) {
    failed(error);
  }
}

function forget() {
  clearTimeout(timer);
  clearTimeout(reviewing);
  ticket += 1;
  back.clear();
  Object.assign(state, {
    policy: null, answer: null, understood: null, shownEffect: null, busy: false, preparing: null,
    outdated: false,
    review: [], effectFindings: [], draft: blank(""), lost: null,
  });
}

const blank = (text, numbers = []) => ({ text, numbers, pending: {}, past: [], future: [] });

function show(found, settings) {
  const policy = {
    ...found,
    numbers: placed(found.numbers, found.text),
    document: placed(found.document, found.text),
  };
  forget();
  const { ref } = policy;
  keeping.keepLast(ref);
  history.replaceState(null, "", `#${encodeURIComponent(ref)}`);
  const first = {
    population: null, scene: null, quota: null, by: null,
    ...offered(policy), ...settings, assume: policy.assume ?? [],
  };
  update({ policy, settings: first, draft: blank(policy.text, policy.numbers), problem: null });
  const kept = keeping.keptDraft(ref);
  if (kept && kept.text !== policy.text) {
    state.draft.text = kept.text;
    state.draft.numbers = kept.stamp === policy.stamp
      ? numbersAfter(policy.numbers, policy.text, kept.text) : [];
    if (kept.stamp !== policy.stamp) {
      update({ elsewhere: { policy, origin: kept.origin } });
      state.policy = { ...policy, text: kept.origin, stamp: kept.stamp };
    } else {
      notice("info", t("restored", { n: changes().length }));
    }
  }
  if (!found.document) update({ view: "text" }); // it has errors: they are mended there
  attempt(0);
  askReview();
}

/** What a policy is measured with before the drafter has chosen. */
function offered(policy) {
  const population = populationsOf({ policy, desk: state.desk })
    .find((each) => policy.populations?.includes(each.ref));
  return {
    population: population && { ref: population.ref, n: state.desk.n ?? population.default_n, seed: 1 },
    scene: policy.scenes?.[0]?.name ?? null,
  };
}

// -- the draft

/** The changes of the draft against the file, for people: figures by name, else lines. */
export function changes() {
  const { policy, draft } = state;
  if (!policy || (draft.text === policy.text && !Object.keys(draft.pending).length)) return [];
  const old = new Map(policy.numbers.map((number) => [number.id, number]));
  const byStart = new Map(policy.numbers.filter((n) => n.start != null).map((n) => [n.start, n]));
  const outside = draft.numbers
    .filter((number) => old.has(number.id) && old.get(number.id).start == null
      && !equal(old.get(number.id).value, number.value))
    .map((number) => ({
      kind: "outside", id: number.id, number, before: old.get(number.id).value, after: number.value,
    }));
  if (rewritten()) return outside;
  const inText = changesOf(policy.text, draft.text)
    .filter((change) => change.kind !== "lines" || change.before !== ""
      || !outside.some(({ number }) => number.start >= change.start && number.end <= change.end))
    .map((change) => (change.kind === "number"
      ? { ...change, number: byStart.get(change.origin) } : change));
  return [...outside, ...inText];
}

const equal = (a, b) => a === b || (decimals.read(a) != null && decimals.read(a) === decimals.read(b));

/** Whether the draft has become an amendment of the policy that was opened. */
export function rewritten() {
  const kind = state.understood?.kind;
  return kind != null && kind !== state.policy?.kind;
}

export function dirty() {
  const { policy, draft } = state;
  return Boolean(policy) && (draft.text !== policy.text || Object.keys(draft.pending).length > 0);
}

function snapshot() {
  const { text, numbers, pending } = state.draft;
  return { text, numbers, pending };
}

let lastMove = { id: null, at: 0 };

/** Make `next` the draft; what was before can be taken back. */
function edit(next, id) {
  const { past } = state.draft;
  const now = performance.now();
  const goesOn = id !== null && id === lastMove.id && now - lastMove.at < TOGETHER && past.length;
  lastMove = { id, at: now };
  update({
    draft: {
      ...next,
      past: goesOn ? past : [...past, snapshot()].slice(-DEPTH),
      future: [],
    },
  });
  remember();
}

function remember() {
  const { ref, policy, draft } = state;
  if (!dirty()) return keeping.dropDraft(ref);
  keeping.keepDraft(ref, { stamp: policy.stamp, origin: policy.text, text: draft.text });
}

/** Numbers put back where they were: the server takes the operations away that moved them. */
const back = new Set();

export function setNumber(id, value) {
  const { draft } = state;
  const number = draft.numbers.find((each) => each.id === id);
  if (!number || equal(number.value, value)) return;
  const first = state.policy.numbers.find((each) => each.id === id);
  if (first && equal(first.value, value)) back.add(id);
  else back.delete(id);
  if (number.start == null) {
    const numbers = draft.numbers.map((each) => (each.id === id ? { ...each, value } : each));
    edit({ text: draft.text, numbers, pending: { ...draft.pending, [id]: value } }, id);
  } else {
    edit({ ...withNumber(draft.text, draft.numbers, id, value), pending: draft.pending }, id);
  }
  attempt(PAUSE);
}

export function setText(text) {
  const { draft } = state;
  if (text === draft.text) return;
  edit({ text, numbers: numbersAfter(draft.numbers, draft.text, text), pending: draft.pending }, "text");
  attempt(TYPING);
}

export function undo() {
  const { past, future } = state.draft;
  if (past.length) step(past.at(-1), past.slice(0, -1), [...future, snapshot()]);
}

export function redo() {
  const { past, future } = state.draft;
  if (future.length) step(future.at(-1), [...past, snapshot()], future.slice(0, -1));
}

function step(to, past, future) {
  lastMove = { id: null, at: 0 };
  update({ draft: { ...to, past, future } });
  remember();
  attempt(0);
}

export function revert(change) {
  if (change.kind === "outside") return setNumber(change.id, change.before);
  lastMove = { id: null, at: 0 };
  setText(without(state.draft.text, change));
}

export function revertAll() {
  const { policy } = state;
  edit({ text: policy.text, numbers: policy.numbers, pending: {} }, null);
  attempt(0);
}

// -- trying it out: the last one asked for wins

/** Tells the server which questions come from one tab: a newer one takes the place of an older. */
const client = Math.random().toString(36).slice(2);
let ticket = 0;
let timer = 0;
let reviewing = 0;
let under = false;
let again = false;

export function attempt(pause = 0) {
  ticket += 1;
  clearTimeout(timer);
  update({ busy: true });
  timer = setTimeout(send, pause);
}

/** Ask the server; at most one question is under way, and only the newest answer is shown. */
async function send() {
  if (under) {
    again = true;
    return;
  }
  under = true;
  const mine = ticket;
  const { ref, policy, draft, settings } = state;
  const pending = { ...draft.pending };
  try {
    const answer = await api.attempt({
      ref,
      stamp: policy.stamp,
      text: draft.text,
      changes: Object.entries(pending).map(([number, value]) => ({ number, value })),
      back: [...back],
      ...settings,
      ticket: mine,
      client,
    });
    if (mine !== ticket || ref !== state.ref) return;
    if (answer.superseded) attempt(AGAIN); // by a question of this tab that nobody waits for
    else take(answer, pending);
  } catch (error) {
    if (mine === ticket && ref === state.ref) {
      update({ busy: false, outdated: true });
      failed(error);
    }
  } finally {
    under = false;
    if (again) {
      again = false;
      send();
    }
  }
}

function take(answer, pending) {
  const { draft } = state;
  back.clear();
  const text = answer.text ?? draft.text;
  const readable = answer.document != null;
  const numbers = answer.numbers ? placed(answer.numbers, text) : draft.numbers;
  const understood = readable
    ? { ...answer, document: placed(answer.document, text), text } : state.understood;
  const left = Object.fromEntries(
    Object.entries(draft.pending).filter(([id, value]) => pending[id] !== value));
  if (state.preparing && state.preparing !== answer.preparing) overtaken.add(state.preparing);
  update({
    answer,
    understood,
    draft: { ...draft, text, numbers, pending: left },
    busy: Boolean(answer.preparing),
    outdated: false,
    problem: null,
    preparing: answer.preparing ?? null,
    effectFindings: answer.effect_findings ?? [],
    shownEffect: answer.preparing && state.shownEffect ? state.shownEffect
      : readable ? { effect: answer.effect, typical: answer.typical } : state.shownEffect,
    said: spokenAnswer(answer),
  });
  remember();
  const { preparing } = answer;
  if (preparing) {
    watch(preparing, () => {
      if (state.preparing === preparing && !under) attempt(0);
    });
  }
  if (answer.changed_on_disk && !state.elsewhere) lookAgain();
  askReview();
}

function spokenAnswer(answer) {
  const errors = (answer.findings ?? []).filter((each) => each.severity === "error").length;
  if (errors) return t("sayErrors", { n: errors });
  const { effect } = answer;
  if (!effect) return answer.typical?.length ? t("sayTypical") : "";
  const { mean, movers, line } = effect;
  const first = t("sayEffect", {
    before: decimals.brief(mean.before), after: decimals.brief(mean.after),
    up: decimals.shown(movers?.up ?? 0), down: decimals.shown(movers?.down ?? 0),
  });
  return line ? `${first} ${t("sayLine", { before: line.before ?? t("noLine"), after: line.after ?? t("noLine") })}` : first;
}

function askReview() {
  clearTimeout(reviewing);
  reviewing = setTimeout(review, state.review?.length ? REVIEW : 0);
}

let reviewed = "";

async function review() {
  const { ref, draft, settings } = state;
  const key = JSON.stringify([ref, draft.text, settings.assume]);
  if (key === reviewed && state.review?.length) return;
  try {
    const found = await api.review({ ref, text: draft.text, assume: settings.assume });
    if (ref === state.ref && draft.text === state.draft.text) {
      reviewed = key;
      update({ review: found.findings });
    }
  } catch (error) {
    if (error instanceof api.Gone) failed(error);
    else if (!(error instanceof api.Refusal)) throw error; // a text with errors has no review
  }
}

export async function setSettings(settings) {
  const other = JSON.stringify(settings.assume) !== JSON.stringify(state.settings.assume);
  update({ settings });
  keeping.keepSettings(state.ref, settings);
  if (other) {
    try {
      const found = await api.policy(state.ref, settings.assume);
      state.policy = {
        ...state.policy,
        numbers: placed(found.numbers, found.text),
        document: placed(found.document, found.text),
      };
    } catch (error) {
      return failed(error);
    }
  }
  attempt(0);
}

// -- jobs

/** Jobs that a newer question made needless: the server stops them, and nobody is told. */
const overtaken = new Set();

export function watch(id, done, known) {
  if (state.jobs.some((job) => job.id === id && job.watched)) return;
  const others = state.jobs.filter((job) => job.id !== id);
  update({ jobs: [...others, { id, state: "running", done: 0, of: 0, ...known, watched: true }] });
  poll(id, done, 150);
}

async function poll(id, done, pause) {
  let job;
  if (overtaken.has(id)) return update({ jobs: state.jobs.filter((each) => each.id !== id) });
  try {
    job = await api.job(id);
  } catch (error) {
    update({ jobs: state.jobs.filter((each) => each.id !== id) });
    return failed(error);
  }
  if (job.state === "running") {
    const told = (each) => (each.id === id ? { ...each, ...job, watched: true } : each);
    update({ jobs: state.jobs.map(told) });
    setTimeout(() => poll(id, done, Math.min(pause * 1.3, 1000)), pause);
    return;
  }
  update({ jobs: state.jobs.filter((each) => each.id !== id) });
  const what = say(job.what);
  if (job.state === "done") {
    if (done) done(job.result);
    else notice("good", t("jobDone", { what }));
  } else if (job.state === "failed") {
    if (state.preparing === id) {
      update({ preparing: null, busy: false, outdated: true, effectFindings: job.findings ?? [] });
    }
    update({ problem: job.findings ?? [] });
  } else if (stopped.has(id)) {
    if (state.preparing === id) update({ preparing: null, busy: false, outdated: true });
    notice("info", t("jobCancelled", { what }));
  } else if (state.preparing === id && !under) {
    attempt(AGAIN); // the server dropped it for a question that nobody waits for
  }
}

/** Jobs that the drafter cancelled. */
const stopped = new Set();

export async function cancelJob(id) {
  stopped.add(id);
  try {
    await api.cancel(id);
  } catch (error) {
    failed(error);
  }
}

// -- the file changed on disk meanwhile

/** Look what the file is now; a draft is not touched. */
export async function lookAgain() {
  const { ref } = state;
  try {
    const found = await api.policy(ref, state.settings.assume);
    if (ref !== state.ref || found.stamp === state.policy.stamp) return;
    if (dirty()) return update({ elsewhere: { policy: found, origin: state.policy.text } });
    show(found, state.settings);
    notice("info", t("diskClean", { file: found.file ?? ref }));
  } catch (error) {
    failed(error);
  }
}

/** Carry the draft's changes over to the file as it is now. */
export function carryOver() {
  const { elsewhere, draft } = state;
  const count = changes().length;
  // an amendment says what it changes by itself; a changed text is carried over line by line
  const { text, lost } = rewritten() ? { text: draft.text, lost: [] }
    : carried(elsewhere.origin, draft.text, elsewhere.policy.text);
  keeping.dropDraft(state.ref);
  show(elsewhere.policy, state.settings);
  if (text !== state.policy.text) {
    edit({ text, numbers: numbersAfter(state.policy.numbers, state.policy.text, text), pending: {} }, null);
    attempt(0);
  }
  if (!lost.length) notice("good", t("carriedAll", { n: count }));
  update({ elsewhere: null, lost: lost.length ? lost : null });
}

export function takeFile() {
  const { elsewhere } = state;
  keeping.dropDraft(state.ref);
  show(elsewhere.policy, state.settings);
  update({ elsewhere: null });
}

// -- files

/** → true when it was written; refusals stay in the dialog. */
export async function save(form) {
  const { ref, policy, draft } = state;
  try {
    const found = await api.save({
      ref, stamp: policy.stamp, text: draft.text, assume: state.settings.assume, ...form,
    });
    keeping.dropDraft(ref);
    update({ desk: await api.desk(), dialog: null });
    // what was drafted is in its own file now: that is where the work goes on
    await open(found.ref);
    if (found.errors) notice("info", t("savedErrors", { file: found.file, n: found.errors }));
    else notice("good", t("saved", { file: found.file }));
    return { ok: true };
  } catch (error) {
    if (!(error instanceof api.Refusal) || error.status === 401) {
      failed(error);
      return { ok: false, findings: [] };
    }
    // the policy itself, or the file to be written, is not what it was when the page read it
    const code = error.findings[0]?.code;
    if (code === "J913") {
      update({ dialog: null });
      await lookAgain();
      return { ok: false, findings: [] };
    }
    return { ok: false, findings: error.findings, now: code === "J914" ? error.body.now : null };
  }
}

export async function compare(refs, withDraft) {
  await startJob(
    () => api.compare({
      refs: withDraft ? [state.ref, ...refs] : refs,
      text: withDraft ? state.draft.text : null,
      assume: state.settings.assume,
      lang: state.language,
    }),
    (result) => update({ dialog: { kind: "comparison", result } }),
  );
}

export async function writePackage(body) {
  await startJob(() => api.pack(body), (result) => update({ dialog: { kind: "package", result } }));
}

async function startJob(start, done) {
  update({ dialog: null });
  try {
    const { job } = await start();
    watch(job, done);
  } catch (error) {
    failed(error);
  }
}

// -- small things

let noticed = 0;

export function notice(tone, text) {
  noticed += 1;
  const id = noticed;
  update({ notices: [...state.notices, { id, tone, text }], said: text });
  setTimeout(() => dismiss(id), 9000);
}

export function dismiss(id) {
  update({ notices: state.notices.filter((each) => each.id !== id) });
}
