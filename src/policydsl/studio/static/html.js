// What the views draw with.  Texts become text nodes, never markup.

export { Component, Fragment, createRef, html, render } from "./trees.js";

/** Class names that hold: names({open: true, dirty: false}) → "open". */
export function names(flags) {
  return Object.keys(flags).filter((name) => flags[name]).join(" ");
}
