// Templates: html`<p class=${x}>…</p>` → a tree for Preact.  Texts become text nodes, never markup.

import htm from "./vendor/htm.js";
import { Component, Fragment, createRef, h, render } from "./vendor/preact.js";

export const html = htm.bind(h);
export { Component, Fragment, createRef, render };

/** Class names that hold: names({open: true, dirty: false}) → "open". */
export function names(flags) {
  return Object.keys(flags).filter((name) => flags[name]).join(" ");
}
