// Shortcuts of the whole page.  Everything can be reached by Tab, too.

import { redo, undo } from "./actions.js";
import { state, update } from "./store.js";

/** What is listed under "?": keys, and the word that says what they do. */
export const KEYS = [
  [["Tab", "Shift+Tab"], "keyTab"],
  [["↑", "↓"], "keyArrows"],
  [["Shift+↑", "Shift+↓"], "keyShift"],
  [["Home", "End"], "keyHome"],
  [["Esc"], "keyEsc"],
  [["Ctrl+Z", "Ctrl+Y"], "keyUndo"],
  [["Ctrl+S"], "keySave"],
  [["Alt+1", "Alt+2", "Alt+3"], "keyViews"],
  [["Alt+4"], "keyEffect"],
  [["Alt+0"], "keyPolicies"],
  [["Ctrl+]", "Ctrl+["], "keyIndent"],
  [["F8", "Shift+F8"], "keyMarks"],
  [["←", "→"], "keyChart"],
  [["?"], "keyHelp"],
];

const VIEWS = { Digit1: "clauses", Digit2: "text", Digit3: "findings" };

export function listen() {
  addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (command && key === "z" && !event.altKey) act(event, event.shiftKey ? redo : undo);
    else if (command && key === "y") act(event, redo);
    else if (command && key === "s") act(event, () => state.policy && update({ dialog: { kind: "save" } }));
    else if (event.altKey && !command && VIEWS[event.code]) act(event, () => show(VIEWS[event.code]));
    else if (event.altKey && !command && event.code === "Digit4") act(event, () => focus("#effect-title"));
    else if (event.altKey && !command && event.code === "Digit0") act(event, toPolicies);
    else if (event.key === "?" && !typing(event.target)) act(event, () => update({ dialog: { kind: "help" } }));
  });
}

function act(event, action) {
  event.preventDefault();
  action();
}

function typing(target) {
  return target.matches("input, textarea, select");
}

function show(view) {
  update({ view });
  requestAnimationFrame(() => focus(`#tab-${view}`));
}

function toPolicies() {
  update({ picking: true, drawer: true });
  requestAnimationFrame(() => focus(".policies a"));
}

function focus(selector) {
  document.querySelector(selector)?.focus();
}
