// On the left: the policies of the folder, the outline of the open one, the changes of the draft.

import { changes, open, revert, revertAll } from "../actions.js";
import { hasDraft } from "../keeping.js";
import { html } from "../html.js";
import { state as whole, update } from "../store.js";
import { ruleWords } from "./number.js";
import { say, t } from "../words.js";
import { clausesShown, countsByClause, depth, findingsShown, headingOf, nameOf, parts } from "./shown.js";

export function Side({ state }) {
  return html`
    <nav class="side ${state.drawer ? "out" : ""}" aria-label=${t("menu")}>
      <${Policies} state=${state} />
      ${state.policy && html`<${Outline} state=${state} />`}
      ${state.policy && html`<${Changes} state=${state} />`}
    </nav>
  `;
}

function Policies({ state }) {
  const { policies } = state.desk;
  const shown = state.picking || !state.policy;
  return html`
    <section class="policies">
      <h2>
        <button class="fold" aria-expanded=${shown ? "true" : "false"}
          onClick=${() => update({ picking: !state.picking })}>${t("policies")}</button>
      </h2>
      ${shown && [true, false].map((own) => html`<${Shelf} own=${own} state=${state}
        policies=${policies.filter((policy) => policy.own === own)} />`)}
    </section>
  `;
}

function Shelf({ own, policies, state }) {
  if (!policies.length && !own) return null;
  return html`
    <h3>${t(own ? "ownFolder" : "bundled")}</h3>
    ${own && !policies.length && html`<p class="hint">${t("nothingOwn")}</p>`}
    <ul>
      ${policies.map((policy) => html`
        <li key=${policy.ref}>
          <a href="#${encodeURIComponent(policy.ref)}" aria-current=${policy.ref === state.ref ? "page" : null}
            onClick=${(event) => { event.preventDefault(); open(policy.ref); }}>
            <span class="kind">${t(`kind_${policy.kind}`)}</span>
            <span class="grow">${say(policy.title) || policy.id}<small>${policy.id}</small></span>
            ${policy.errors > 0 && html`<b class="count error" title=${t("errorsCount", { n: policy.errors })}>${policy.errors}</b>`}
            ${hasDraft(policy.ref) && html`<b class="dot" title=${t("openUnsaved")} role="img" aria-label=${t("openUnsaved")}></b>`}
          </a>
        </li>`)}
    </ul>
  `;
}

function Outline({ state }) {
  const clauses = clausesShown(state);
  const counts = countsByClause(findingsShown(state));
  return html`
    <section class="outline">
      <h2>${t("outline")}</h2>
      ${parts(clauses).map(({ kind, clauses: some }) => html`
        ${kind !== "clause" && html`<h3>${t(`part_${kind}`)}</h3>`}
        <ol class="part-${kind}">
          ${some.filter((clause) => !clause.gone && clause.kind !== "root")
            .map((clause) => html`<${Entry} key=${clause.key} clause=${clause} count=${counts.get(clause.key)} state=${state} />`)}
        </ol>`)}
    </section>
  `;
}

function Entry({ clause, count, state }) {
  return html`
    <li class="level-${depth(clause)}">
      <a href="#policy" onClick=${(event) => go(event, clause.key)}>
        <span class="grow">${nameOf(clause, state.policy)}</span>
        ${clause.changed && html`<b class="dot" role="img" aria-label=${t("changed")} title=${t("changed")}></b>`}
        ${count && html`<b class="count ${count.worst}" title=${count.title}>${count.n}</b>`}
      </a>
    </li>
  `;
}

function go(event, key) {
  event.preventDefault();
  update({ view: "clauses", goTo: { clause: key }, drawer: false });
}

function Changes({ state }) {
  const found = changes();
  return html`
    <section class="changes">
      <h2>${t("changes")}</h2>
      ${!found.length && html`<p class="hint">${t("noChanges")}</p>`}
      <ul>
        ${found.map((change, place) => html`<${Change} key=${place} change=${change} state=${state} />`)}
      </ul>
      ${found.length > 1 && html`<button class="quiet" onClick=${revertAll}>${t("revertAll")}</button>`}
    </section>
  `;
}

function Change({ change, state }) {
  const what = describe(change, state);
  return html`
    <li>
      <button class="quiet revert" onClick=${() => revert(change)}
        aria-label=${t("revertThis", { what: `${what.where} ${what.text}` })}>${t("revert")}</button>
      <span class="where">${what.where}</span>
      <span class="what">${change.kind === "lines" ? what.text
        : html`<s>${change.before}</s> <span aria-hidden="true">→</span> <b>${change.after}</b>`}</span>
    </li>
  `;
}

const labelShort = (number) => ruleWords(number).replace("□", "…");

/** A change in words: where it is, and what became what. */
export function describe(change, state = whole) {
  if (change.kind === "lines") {
    const piece = (change.after || change.before).trim().split("\n")[0];
    const kind = !change.before ? t("added") : !change.after ? t("removed") : t("changed");
    return {
      where: `${t("lineOf", { n: change.line })} ${kind}`,
      text: piece.length > 40 ? `${piece.slice(0, 39)}…` : piece,
    };
  }
  const { number } = change;
  const where = number
    ? [headingOf(state, number.clause), labelShort(number)].filter(Boolean).join(" · ")
    : t("lineOf", { n: change.line });
  return { where, text: `${change.before} → ${change.after}` };
}
