// Findings: beside their clause, in a list of their own, and as messages of a refusal.

import { html } from "../html.js";
import { state as whole, update } from "../store.js";
import { say, t } from "../words.js";
import { SEVERITIES, findingsShown, headingOf, isHere, severity } from "./shown.js";

/** One finding: what is wrong; opened, what to do and a case that shows it. */
export function Finding({ finding, place }) {
  const kind = severity(finding);
  const more = say(finding.remedy) || finding.witness;
  const head = html`
    <span class="mark ${kind}" title=${t(kind)} role="img" aria-label=${t(kind)}></span>
    <span class="grow">${say(finding.message)}</span>
  `;
  if (!more && !place) return html`<div class="finding ${kind}"><div class="head">${head}</div></div>`;
  return html`
    <details class="finding ${kind}">
      <summary class="head">${head}</summary>
      <div class="body">
        ${say(finding.remedy) && html`<p><b>${t("remedy")}</b>${say(finding.remedy)}</p>`}
        ${finding.witness && html`<p><b>${t("witness")}</b>${witness(finding.witness)}</p>`}
        <p class="code">
          ${finding.code}${verdict(finding)}
          ${finding.line && (isHere(finding, whole)
            ? html` · <button class="link" onClick=${() => toLine(finding)}>${t("lineOf", { n: finding.line })}</button>`
            : ` · ${finding.file} ${t("lineOf", { n: finding.line })}`)}
        </p>
      </div>
    </details>
  `;
}

const VERDICTS = { proved: "verdictProved", refuted: "verdictRefuted", undecided: "verdictUndecided" };

const verdict = (finding) => (VERDICTS[finding.verdict] ? ` · ${t(VERDICTS[finding.verdict])}` : "");

function witness(told) {
  return say(told.text ?? told);
}

export function toLine(finding) {
  update({ view: "text", goTo: { line: finding.line, column: finding.column } });
}

/** The tab with all findings, the most severe first. */
export function FindingsView({ state }) {
  const found = findingsShown(state);
  const of = (kind) => found.filter((finding) => severity(finding) === kind);
  if (!found.length) return html`<p class="empty">${t("noFindings")}</p>`;
  return html`
    <p class="hint">${t("allFindings", { n: found.length, e: of("error").length, w: of("warning").length, i: of("note").length })}</p>
    ${SEVERITIES.filter((kind) => of(kind).length).map((kind) => html`
      <section key=${kind} class="finding-list">
        <h2>${t(`${kind}sTitle`)}</h2>
        ${of(kind).map((finding, place) => html`
          <div class="row" key=${place}>
            <div class="where">
              ${finding.clause
                ? html`<button class="link" onClick=${() => toClause(finding)}>${headingOf(state, finding.clause) || finding.clause}</button>`
                : html`<span class="hint">${t("wholePolicy")}</span>`}
            </div>
            <${Finding} finding=${finding} />
          </div>`)}
      </section>`)}
  `;
}

function toClause(finding) {
  update({ view: "clauses", goTo: { clause: finding.clause } });
}

/** Why something was refused. */
export function Messages({ findings }) {
  return html`
    ${(findings ?? []).map((finding, place) => html`
      <p key=${place} class="message">
        ${say(finding.message)} <small>${finding.code}</small>
        ${say(finding.remedy) && html`<span class="remedy">${say(finding.remedy)}</span>`}
      </p>`)}
  `;
}
