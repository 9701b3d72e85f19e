// Where the page begins: state → page(state) → the least change of what is shown.

import { begin, dirty, lookAgain } from "./actions.js";
import { html, render } from "./html.js";
import { listen } from "./keyboard.js";
import { hasDraft } from "./keeping.js";
import { onChange, state } from "./store.js";
import { Page } from "./views/page.js";

const root = document.getElementById("page");
const said = document.getElementById("said");

onChange(() => {
  render(html`<${Page} state=${state} />`, root);
  if (said.textContent !== state.said) said.textContent = state.said;
});

listen();
addEventListener("beforeunload", (event) => {
  if (dirty() || state.desk?.policies.some((policy) => hasDraft(policy.ref))) event.preventDefault();
});
// somebody who comes back from Word or another tab sees what became of the file
addEventListener("focus", () => {
  if (state.policy && !state.elsewhere && !state.busy) lookAgain();
});
begin();
