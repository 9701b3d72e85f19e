// On the right: what the draft does to people.

import { attempt, setSettings } from "../actions.js";
import * as decimals from "../decimals.js";
import { html } from "../html.js";
import { update } from "../store.js";
import { say, spoken, t } from "../words.js";
import { Distribution, Movers, Pair } from "./charts.js";
import { Messages } from "./findings.js";
import { Job } from "./page.js";
import { conditions, counted, headingOf, scoresUnits } from "./shown.js";

export function Effect({ state }) {
  if (!state.policy) return html`<aside class="effect" aria-label=${t("effect")}></aside>`;
  const { effect, typical } = state.shownEffect ?? {};
  const job = state.preparing && state.jobs.find((each) => each.id === state.preparing);
  const assumed = effect?.assumptions ?? [];
  const broken = state.answer != null && state.answer.document == null;
  return html`
    <aside class="effect" aria-labelledby="effect-title" aria-busy=${state.busy ? "true" : "false"}>
      <h2 id="effect-title" tabindex="-1">${t("effect")}
        <span class="working" aria-hidden="true">${state.busy && state.shownEffect ? t("stale") : ""}</span>
      </h2>
      <div class="conditions">
        <p>${conditions(state).map((part, k) => html`<span key=${k}>${part}</span>`)}</p>
        <button onClick=${() => update({ dialog: { kind: "settings" } })} aria-label="${t("change")} ${t("settings")}">${t("change")}</button>
      </div>
      ${assumed.length > 0 && html`<${Assumptions} effect=${effect} assumed=${assumed} />`}
      ${job && html`<div class="preparing"><${Job} job=${job} /></div>`}
      ${!state.settings.population && html`<p class="hint">${t("askPopulation")}</p>`}
      ${state.effectFindings.length > 0 && !state.busy && html`
        <div class="banner warn"><strong>${t("noEffect")}</strong><${Messages} findings=${state.effectFindings} /></div>`}
      ${broken && state.shownEffect && html`<p class="hint">${t("lastEffect")}</p>`}
      ${state.outdated && !state.busy && !broken && state.shownEffect && html`
        <p class="hint outdated">${t("stopped")} <button onClick=${() => attempt(0)}>${t("recount")}</button></p>`}
      <div class="figures ${state.busy || broken || state.outdated ? "stale" : ""}">
        ${effect && html`<${Figures} effect=${effect} state=${state} />`}
        ${typical?.length > 0 && html`<${Typical} typical=${typical} state=${state} />`}
        ${!effect && !typical?.length && !job && !state.effectFindings.length && state.settings.population
          && html`<p class="hint">${state.busy ? t("preparing") : t("noEffect")}</p>`}
      </div>
    </aside>
  `;
}

/** Always in sight: what the figures rest on by name; the whole list one click away. */
function Assumptions({ effect, assumed }) {
  return html`
    <details class="assumptions">
      <summary>
        <b>${t("assumptionsTitle")}</b>
        <span>${say(effect.source)}${t("colon")}${t("assumptionsCount", { n: assumed.length })}</span>
        ${assumed.filter(isSet).map((each) => html`<span key=${say(each)}>${named(each)}</span>`)}
      </summary>
      <ul>${assumed.map((each, k) => html`<li key=${k}>${named(each)}</li>`)}</ul>
    </details>
  `;
}

const SET = /^(?:assumption set|假设集) ?/;
const isSet = (each) => SET.test(say(each));
const named = (each) => (isSet(each) ? t("assumptionSet", { name: say(each).replace(SET, "") }) : say(each));

function Figures({ effect, state }) {
  const { mean, movers, line, histogram, groups } = effect;
  const summary = t("distributionAlt", {
    n: counted(effect.persons, state), before: decimals.brief(mean.before), after: decimals.brief(mean.after),
  });
  return html`
    <div class="cards">
      <${Card} title=${t("mean")} before=${mean.before} after=${mean.after} />
      ${line?.quota != null && html`<${Card} title=${t("line")} before=${line.before} after=${line.after} plain empty=${t("noLine")} />`}
    </div>
    ${movers && html`<${Moved} movers=${movers} persons=${effect.persons} units=${scoresUnits(state)} />`}
    ${histogram && html`<${Distribution} histogram=${histogram} line=${line?.quota == null ? null : line} summary=${summary} />`}
    ${line?.quota != null && html`<${Line} line=${line} state=${state} />`}
    ${groups?.length > 0 && html`<${Groups} groups=${groups} line=${line?.quota == null ? null : line} />`}
    <p class="under">${[
      counted(effect.persons, state),
      effect.seed != null && t("seedOf", { n: effect.seed }),
      effect.exact && t("exact"),
    ].filter(Boolean).join(" · ")}</p>
  `;
}

/** before → after, and the difference; `plain`: neither more nor less is good. */
function Card({ title, before, after, plain, empty = "—" }) {
  const known = before != null && after != null;
  const moved = known && isNumber(before) && isNumber(after) ? decimals.subtract(after, before) : null;
  const order = moved == null ? 0 : decimals.compare(moved, "0");
  const value = (each) => (each == null ? empty : decimals.brief(each));
  return html`
    <div class="card">
      <span class="title">${title}</span>
      <span class="values">
        <span class="old">${value(before)}</span>
        <span class="arrow" aria-hidden="true">→</span>
        <b>${value(after)}</b>
      </span>
      <span class="moved ${plain || !order ? "" : order > 0 ? "gain" : "loss"}">
        ${moved == null ? "" : briefSigned(moved)}
      </span>
    </div>
  `;
}

const isNumber = (text) => decimals.read(text) != null;
const sign = (order) => (order > 0 ? "+" : order < 0 ? "−" : "±");
const whole = (n) => Number(n).toLocaleString("en");
const percent = (part, all) => `${(Math.round((1000 * part) / (all || 1)) / 10).toLocaleString("en")}%`;

function Moved({ movers, persons, units }) {
  const { up, down, same } = movers;
  const greatest = (value, word) => (value && decimals.read(value) !== "0"
    ? t(word, { n: decimals.brief(String(value).replace(/^[-−+]/, "")) }) : "");
  return html`
    <section class="moved-people" aria-label=${t("moversTitle")}>
      <${Movers} up=${up} down=${down} same=${same} />
      <dl>
        <div class="loss"><dt>${t("losers")}</dt><dd><b>${whole(down)}</b> <small>${[percent(down, persons), greatest(movers.greatest_down, "greatestDown")].filter(Boolean).join(" · ")}</small></dd></div>
        <div><dt>${t("same")}</dt><dd><b>${whole(same)}</b> <small>${percent(same, persons)}</small></dd></div>
        <div class="gain"><dt>${t("gainers")}</dt><dd><b>${whole(up)}</b> <small>${[percent(up, persons), greatest(movers.greatest_up, "greatestUp")].filter(Boolean).join(" · ")}</small></dd></div>
      </dl>
      ${movers.by?.length > 0 && up + down > 0 && html`
        <details class="data">
          <summary>${t("moversTitle")} · ${t("table")}</summary>
          <table>
            <thead><tr><th scope="col">${t("changeBy")}</th><th scope="col">${t(units ? "countUnits" : "count")}</th><th scope="col">${t("share")}</th></tr></thead>
            <tbody>${movers.by.map((row) => html`
              <tr key=${say(row.change)}>
                <th scope="row" class=${tone(row.change)}>${isNumber(row.change) ? decimals.signed(row.change) : say(row.change)}</th>
                <td>${whole(row.count)}</td><td>${percent(row.count, persons)}</td>
              </tr>`)}
            </tbody>
          </table>
        </details>`}
    </section>
  `;
}

const tone = (change) => (!isNumber(change) ? "" : decimals.compare(change, "0") > 0 ? "gain" : decimals.compare(change, "0") < 0 ? "loss" : "");

function Line({ line, state }) {
  const { settings, policy } = state;
  const scene = policy.scenes?.find((each) => each.name === settings.scene);
  const choose = (event) => {
    const quota = decimals.read(event.target.value);
    if (quota != null && Number(quota) > 0) setSettings({ ...settings, quota: Number(quota) });
  };
  const rows = [
    ["admitted", line.admitted_before === line.admitted_after ? whole(line.admitted_after)
      : t("admittedOf", { before: whole(line.admitted_before), after: whole(line.admitted_after) })],
    ["crossIn", whole(line.in)],
    ["crossOut", whole(line.out)],
    ["ties", whole(line.ties ?? 0)],
  ];
  return html`
    <section class="places">
      <h3>${t("places")}</h3>
      <label class="quota">${scene ? `${say(scene.title ?? scene.name)} ` : ""}${t("quota")}
        <input type="number" min="1" step="1" value=${settings.quota ?? line.quota ?? ""} onChange=${choose} />
      </label>
      <dl>${rows.map(([word, value]) => html`<div key=${word}><dt>${t(word)}</dt><dd>${value}</dd></div>`)}</dl>
    </section>
  `;
}

function Groups({ groups, line }) {
  const number = (text) => Number(text) || 0;
  const most = Math.max(...groups.flatMap((group) => [number(group.mean_before), number(group.mean_after)]));
  return html`
    <section class="groups">
      <h3>${t("groups")}</h3>
      <table>
        <thead><tr>
          <th scope="col">${t("group")}</th><th scope="col" colspan="2">${t("meanShort")}</th><th scope="col">${t("difference")}</th>
          ${line && html`<th scope="col">${t("admittedRate")}</th>`}
        </tr></thead>
        <tbody>
          ${groups.map((group, k) => {
            const moved = isNumber(group.mean_before) && isNumber(group.mean_after)
              ? decimals.subtract(group.mean_after, group.mean_before) : null;
            return html`
              <tr key=${k}>
                <th scope="row">${say(group.label)} <small>${share(group.share)}</small></th>
                <td class="bars"><${Pair} before=${number(group.mean_before)} after=${number(group.mean_after)} most=${most} /></td>
                <td>${decimals.brief(group.mean_after, 1)}</td>
                <td class=${moved ? tone(moved) : ""}>${moved == null ? "—" : briefSigned(moved)}</td>
                ${line && html`<td>${admitted(group)}</td>`}
              </tr>`;
          })}
        </tbody>
      </table>
    </section>
  `;
}

function briefSigned(value) {
  const text = decimals.brief(value, 2).replace("−", "");
  return text === "0" ? "±0" : sign(decimals.compare(value, "0")) + text;
}

const share = (value) => (value == null ? "" : percent(Number(value), 1));

function admitted(group) {
  const before = group.admitted_before;
  const after = group.admitted_after;
  if (before == null || after == null) return "—";
  return before === after ? whole(after) : html`<span class="old">${whole(before)}</span> → ${whole(after)}`;
}

// -- persons

function Typical({ typical, state }) {
  return html`
    <section class="typical">
      <h3>${t("typical")}</h3>
      ${typical.map((person, k) => html`<${Person} key=${k} person=${person} state=${state} />`)}
    </section>
  `;
}

const ends = (range) => {
  if (range == null) return "—";
  const [low, high] = Array.isArray(range) ? range : [range, range];
  return low === high ? decimals.brief(low) : t("range2", { low: decimals.brief(low), high: decimals.brief(high) });
};

function Person({ person, state }) {
  const before = ends(person.before);
  const after = ends(person.after);
  const low = (range) => (Array.isArray(range) ? range[0] : range);
  const moved = before !== after && isNumber(low(person.before)) && isNumber(low(person.after))
    ? decimals.subtract(low(person.after), low(person.before)) : null;
  return html`
    <article class="person">
      <header>
        <span class="name">${say(person.name)}</span>
        <span class="score">
          ${before === after ? html`<span class="old">${after}</span>`
            : html`<span class="old">${before}</span> <span aria-hidden="true">→</span> <b>${after}</b>`}
          <span class="moved ${moved ? tone(moved) : ""}">${moved && decimals.compare(moved, "0") !== 0 ? briefSigned(moved) : before === after ? t("unchanged") : ""}</span>
        </span>
      </header>
      ${person.facts && html`<${Facts} text=${factsText(person.facts)} />`}
      ${person.clauses?.length > 0 && html`
        <ul>${person.clauses.map((each, k) => html`
          <li key=${k}>
            <button class="link" onClick=${() => update({ view: "clauses", goTo: { clause: each.clause } })}>${headingOf(state, each.clause) || say(each.title) || each.clause}</button>
            <span>${ends(each.before)} → ${ends(each.after)}</span>
            ${how(each) && html`<small>${how(each)}</small>`}
          </li>`)}
        </ul>`}
    </article>
  `;
}

const SHORT = 60;

/** Somebody's circumstances: the beginning, the rest when it is asked for. */
function Facts({ text }) {
  if (text.length <= SHORT) return html`<p class="facts">${text}</p>`;
  return html`<details class="facts"><summary>${text}</summary></details>`;
}

const how = (each) => (each.how_after ?? []).map(say).join(spoken() === "zh" ? "；" : "; ");

function factsText(facts) {
  return say(facts);
}
