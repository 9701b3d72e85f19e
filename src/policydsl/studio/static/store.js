// The one state of the page, and who is told when it changes.  Views are functions of it.

export const state = {
  language: "zh",
  gate: null, // null | "token" | "gone": why nothing can be shown
  desk: null,
  ref: null,
  policy: null, // what /api/policy said, places counted as JavaScript does
  draft: { text: "", numbers: [], pending: {}, past: [], future: [] },
  answer: null, // the last answer of /api/try that was still wanted
  understood: null, // the last one whose text could be read: its clauses stay while there are errors
  shownEffect: null, // figures that are shown; older than the draft while `busy`
  busy: false,
  outdated: false, // the figures shown are not those of the draft, and nothing is under way
  preparing: null, // the job that makes the population ready
  effectFindings: [], // why there are no figures
  review: [], // findings of the slower review
  lost: null, // changes that could not be carried over to a changed file
  problem: null, // findings of a refused request
  settings: { population: null, scene: null, quota: null, by: null, assume: [] },
  view: "clauses",
  drawer: false,
  picking: false,
  focus: null, // the number whose slider is open
  dialog: null,
  jobs: [],
  notices: [],
  said: "",
  elsewhere: null, // the file as it is now, where it was changed after it was opened
  goTo: null, // {line} or {clause}: where a view shall scroll once it is drawn
};

const listeners = [];
let waiting = false;

export function onChange(listener) {
  listeners.push(listener);
}

/** Merge values into the state and draw once, before the next frame. */
export function update(values = {}) {
  Object.assign(state, values);
  if (waiting) return;
  waiting = true;
  queueMicrotask(() => {
    waiting = false;
    listeners.forEach((listener) => listener());
  });
}
