// The whole page: bar above, policies and outline on the left, the policy, what the draft does.

import { begin, cancelJob, dirty, dismiss } from "../actions.js";
import { html } from "../html.js";
import { update } from "../store.js";
import { say, t } from "../words.js";
import { Bar } from "./bar.js";
import { Dialogs } from "./dialogs.js";
import { Effect } from "./effect.js";
import { Messages } from "./findings.js";
import { Middle } from "./middle.js";
import { Side } from "./side.js";

export function Page({ state }) {
  if (state.gate) return html`<${Gate} why=${state.gate} state=${state} />`;
  if (!state.desk) return html`<p class="opening" aria-busy="true">${t("loading")}</p>`;
  return html`
    <a class="skip" href="#policy" onClick=${skip}>${t("skip")}</a>
    <${Bar} state=${state} />
    <div class="columns">
      <${Side} state=${state} />
      <${Middle} state=${state} />
      <${Effect} state=${state} />
    </div>
    <${Notices} state=${state} />
    <${Jobs} jobs=${state.jobs.filter((job) => job.id !== state.preparing)} />
    <${Dialogs} state=${state} />
  `;
}

function skip(event) {
  event.preventDefault();
  document.getElementById("policy")?.focus();
}

/** Why the page shows nothing. */
function Gate({ why, state }) {
  const again = () => {
    update({ gate: null });
    begin();
  };
  return html`
    <main class="gate">
      <h1>${t(`${why}Title`)}</h1>
      <p>${t(`${why}Text`)}</p>
      ${dirty() && html`
        <label>${t("goneDraft")}<textarea readonly value=${state.draft.text} onFocus=${(event) => event.target.select()}></textarea></label>`}
      ${why === "gone" && html`<button class="primary" onClick=${again}>${t("retry")}</button>`}
    </main>
  `;
}

function Notices({ state }) {
  return html`
    <div class="notices">
      ${state.problem && html`
        <div class="notice bad" role="alert">
          <div class="grow">
            <strong>${t("problem")}</strong>
            <${Messages} findings=${state.problem} />
          </div>
          <button class="icon" aria-label=${t("close")} onClick=${() => update({ problem: null })}>×</button>
        </div>`}
      ${state.notices.map((notice) => html`
        <div key=${notice.id} class="notice ${notice.tone}">
          <span class="grow">${notice.text}</span>
          <button class="icon" aria-label=${t("close")} onClick=${() => dismiss(notice.id)}>×</button>
        </div>`)}
    </div>
  `;
}

function Jobs({ jobs }) {
  if (!jobs.length) return null;
  return html`
    <section class="jobs" aria-label=${t("jobs")}>
      ${jobs.map((job) => html`<${Job} key=${job.id} job=${job} />`)}
    </section>
  `;
}

/** One long piece of work: what it is, how far it is, and a way to stop it. */
export function Job({ job }) {
  return html`
    <div class="job">
      <span class="what">${say(job.what)}<small>${say(job.step)}</small></span>
      <progress max=${job.of || 1} value=${job.of ? job.done : undefined} aria-label=${say(job.what)}></progress>
      <button onClick=${() => cancelJob(job.id)} aria-label=${t("cancelJob", { what: say(job.what) })}>
        ${t("cancel")}
      </button>
    </div>
  `;
}
