// The policy in the middle: its clauses, its text, or what the review says.

import { carryOver, takeFile } from "../actions.js";
import { changesOf } from "../draft.js";
import { Component, createRef, html } from "../html.js";
import { state as whole, update } from "../store.js";
import { t } from "../words.js";
import { Clause } from "./clause.js";
import { FindingsView } from "./findings.js";
import { clausesShown, findingsShown, parts, severity } from "./shown.js";
import { Editor } from "./editor.js";

const VIEWS = [["clauses", "tabClauses"], ["text", "tabText"], ["findings", "tabFindings"]];

export class Middle extends Component {
  constructor() {
    super();
    this.panel = createRef();
  }

  componentDidUpdate() {
    this.arrive();
  }

  componentDidMount() {
    this.arrive();
  }

  /** Scroll to the clause that somebody asked for. */
  arrive() {
    const { goTo, view } = this.props.state;
    if (!goTo?.clause || view !== "clauses") return;
    whole.goTo = null;
    const clause = [...this.panel.current.querySelectorAll(".clause")]
      .find((each) => each.dataset.key === goTo.clause);
    if (!clause) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    clause.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
    clause.focus({ preventScroll: true });
  }

  render({ state }) {
    const { policy, view } = state;
    if (!policy) {
      return html`<main class="middle" id="policy" tabindex="-1">
        ${state.ref && !state.problem && html`<p class="opening" aria-busy="true">${t("loading")}</p>`}
        ${!state.ref && html`<${Welcome} />`}
      </main>`;
    }
    const found = findingsShown(state);
    const worst = found.filter((each) => severity(each) === "error").length;
    return html`
      <main class="middle" id="policy" tabindex="-1" ref=${this.panel}>
        <div class="tabs" role="tablist" aria-label=${t("views")} onKeyDown=${alongTabs}>
          ${VIEWS.map(([key, word]) => html`
            <button role="tab" id="tab-${key}" aria-controls="view-${key}" tabindex=${view === key ? 0 : -1}
              aria-selected=${view === key ? "true" : "false"} onClick=${() => update({ view: key })}>
              ${t(word)}
              ${key === "findings" && found.length > 0 && html`<b class="count ${worst ? "error" : "warning"}">${found.length}</b>`}
            </button>`)}
          <span class="about">
            <code>${policy.id}</code>
            ${policy.base && html`<span>${t("basedOn", { ref: policy.base })}</span>`}
            ${policy.file && html`<span class="file" title=${policy.file}>${policy.file}</span>`}
          </span>
        </div>
        <${Banners} state=${state} />
        <div class="view ${view}" role="tabpanel" id="view-${view}" aria-labelledby="tab-${view}">
          ${view === "clauses" && html`<${Clauses} state=${state} />`}
          ${view === "text" && html`<${Editor} state=${state} key=${state.ref} />`}
          ${view === "findings" && html`<${FindingsView} state=${state} />`}
        </div>
      </main>
    `;
  }
}

function alongTabs(event) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  const tabs = [...event.currentTarget.querySelectorAll("[role=tab]")];
  const next = tabs[(tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length];
  event.preventDefault();
  next.click();
  next.focus();
}

function Welcome() {
  return html`
    <div class="welcome">
      <h2>${t("name")}</h2>
      <ol>
        ${["welcome1", "welcome2", "welcome3"].map((key) => html`<li>${t(key)}</li>`)}
      </ol>
    </div>
  `;
}

function Clauses({ state }) {
  const clauses = clausesShown(state);
  const broken = state.answer && state.answer.document == null;
  const findings = findingsShown(state);
  if (!clauses.length) return html`<p class="empty">${t("noDocument")} <button class="link" onClick=${() => update({ view: "text" })}>${t("toText")}</button></p>`;
  const keys = new Set(clauses.map((clause) => clause.key));
  const general = findings.filter((each) => severity(each) !== "note" && !keys.has(each.clause));
  return html`
    ${broken && html`<p class="banner bad">${t("lastGood")}</p>`}
    ${parts(clauses).map(({ kind, clauses: some }) => html`
      <section key=${kind}>
        ${kind !== "clause" && html`<h2 class="part">${t(`part_${kind}`)}</h2>`}
        <div class="paper part-${kind}">
          ${some.map((clause) => html`<${Clause} key=${clause.key} clause=${clause} state=${state}
            findings=${findings.filter((each) => each.clause === clause.key)} />`)}
        </div>
      </section>`)}
    ${general.length > 0 && html`
      <p class="hint general">
        ${t("wholePolicy")}${t("colon")}<button class="link" onClick=${() => update({ view: "findings" })}>${t("moreFindings", { n: general.length })}</button>
      </p>`}
  `;
}

/** What stands between the drafter and the file: it changed elsewhere, changes were lost. */
function Banners({ state }) {
  const { elsewhere, lost, policy } = state;
  return html`
    ${elsewhere && html`
      <section class="banner warn" role="alert">
        <h2>${t("diskTitle")}</h2>
        <p>${t("diskText", { file: policy.file ?? policy.ref })}</p>
        <p class="buttons">
          <button class="primary" onClick=${carryOver}>${t("carry")}</button>
          <button onClick=${takeFile}>${t("discard")}</button>
          <span class="hint">${t("elsewhere", { n: elsewhereCount(elsewhere) })}</span>
        </p>
      </section>`}
    ${lost && html`
      <section class="banner warn" role="alert">
        <p>${t("carriedLost", { n: lost.length })}</p>
        ${lost.map((each) => html`<pre>${t("lineOf", { n: each.line })}${t("colon")}${each.after}</pre>`)}
        <p class="buttons"><button onClick=${() => update({ lost: null })}>${t("close")}</button></p>
      </section>`}
  `;
}

const elsewhereCount = ({ origin, policy }) => changesOf(origin, policy.text).length;
