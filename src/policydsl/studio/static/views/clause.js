// One clause in official wording, with its numbers as fields and the findings about it.

import { html, names } from "../html.js";
import { update } from "../store.js";
import { say, spoken, t } from "../words.js";
import { Finding } from "./findings.js";
import { NumberField, ruleWords } from "./number.js";
import { depth, heading, nameOf, severity } from "./shown.js";

const BESIDE = 3;

export function Clause({ clause, state, findings }) {
  const numbers = numbersOf(clause, state);
  const level = depth(clause);
  const { texts: [title, ...sentences], left } = withFields(
    [heading(clause, state.policy), ...(clause.sentences ?? []).map(say)], numbers, slotsOf(clause));
  const was = clause.changed && clause.before ? beforeText(clause) : "";
  const draw = (parts) => parts.map((part) => (part.number
    ? html`<${NumberField} key=${part.number.id} number=${part.number} clause=${clause} state=${state} />`
    : part.text));
  return html`
    <article class="clause level-${level < 0 ? "root" : level} ${names({ changed: clause.changed, gone: clause.gone })}"
      data-key=${clause.key} tabindex="-1" aria-label=${nameOf(clause, state.policy)}>
      <div class="said">
        <header>
          ${level <= 0 ? html`<h2>${draw(title)}</h2>` : html`<h3>${draw(title)}</h3>`}
          <span class="meta">${say(clause.source)}</span>
          ${clause.gone && html`<b class="badge loss">${t("repealed")}</b>`}
          ${clause.added && html`<b class="badge gain">${t("newClause")}</b>`}
          ${clause.line && !clause.gone && html`
            <button class="link to-text" onClick=${() => update({ view: "text", goTo: { line: clause.line } })}>${t("toText")}</button>`}
        </header>
        ${sentences.map((parts, place) => html`
          <p key=${place} class="sentence">
            ${draw(parts)}
          </p>`)}
        ${left.length > 0 && !clause.gone && html`
          <ul class="left" aria-label=${t("otherNumbers")}>
            ${left.map((number) => html`
              <li key=${number.id}>
                ${inLabel(number, html`<${NumberField} number=${number} clause=${clause} state=${state} />`)}
              </li>`)}
          </ul>`}
        ${!sentences.length && clause.summary && html`<p class="summary">${clause.summary}</p>`}
        ${clause.open?.length > 0 && html`
          <details class="doubts">
            <summary>${t("doubts", { n: clause.open.length })}</summary>
            <ul>${clause.open.map((each, k) => html`<li key=${k}>${say(each)}</li>`)}</ul>
          </details>`}
        ${was && html`<p class="before"><b>${t("before")}</b>${was}</p>`}
      </div>
      ${findings.length > 0 && html`<${Beside} findings=${findings} />`}
    </article>
  `;
}

/** The rule's words with the field in the place that they leave for it. */
function inLabel(number, field) {
  const label = ruleWords(number);
  const [before, after] = label.split("□");
  if (after === undefined) return html`<span>${label}</span> ${field} <span>${say(number.unit)}</span>`;
  return html`<span>${before}</span>${field}<span>${after}</span>`;
}

/** The clause as it was: its heading where that changed, and its sentences. */
function beforeText({ before, ...now }) {
  const texts = [before.heading, ...(before.sentences ?? [])].map(say);
  const same = [now.heading, ...(now.sentences ?? [])].map(say);
  return texts.filter((text) => !same.includes(text)).join(spoken() === "zh" ? "　" : " ");
}

function Beside({ findings }) {
  const sorted = [...findings].sort((a, b) => rank(a) - rank(b));
  const shown = sorted.slice(0, BESIDE);
  return html`
    <aside class="beside" aria-label=${t("tabFindings")}>
      ${shown.map((finding, place) => html`<${Finding} key=${place} finding=${finding} />`)}
      ${sorted.length > BESIDE && html`
        <button class="link" onClick=${() => update({ view: "findings" })}>${t("moreFindings", { n: sorted.length - BESIDE })}</button>`}
    </aside>
  `;
}

const rank = (finding) => ["error", "warning", "note"].indexOf(severity(finding));

// -- where the numbers stand in the sentences

/** The clause's numbers: `shown` as in the sentences as they were made, `now` as in the draft. */
function numbersOf(clause, state) {
  if (clause.gone) return [];
  const made = state.understood?.numbers ?? state.policy.numbers;
  const now = new Map(state.draft.numbers.map((number) => [number.id, number]));
  return made.filter((number) => number.clause === clause.key && now.has(number.id))
    .map((number) => ({ ...number, now: now.get(number.id) }));
}

const slotsOf = (clause) => (clause.sentences?.some((each) => each?.slots)
  ? [[], ...clause.sentences.map((each) => each?.slots?.[spoken()] ?? [])] : null);

/** Texts as pieces, words and numbers in turn, and the numbers that stand in none of them.
 *
 *  `given`: where the numbers stand in each text, if the server said so. */
export function withFields(texts, numbers, given) {
  const slots = given ?? aligned(texts, numbers);
  const byId = new Map(numbers.map((number) => [number.id, number.now]));
  const placed = new Set();
  const pieces = texts.map((text, place) => {
    const parts = [];
    let from = 0;
    for (const [id, start, end] of slots[place]) {
      if (!byId.has(id) || placed.has(id) || start < from) continue;
      placed.add(id);
      parts.push({ text: text.slice(from, start) }, { number: byId.get(id) });
      from = end;
    }
    parts.push({ text: text.slice(from) });
    return parts.filter((part) => part.number || part.text);
  });
  return { texts: pieces, left: numbers.filter((each) => !placed.has(each.id)).map((each) => each.now) };
}

/** A figure of a sentence; the (1) of a list is none. */
const FIGURE = /(?<![(（\d.])\d+(?:\.\d+)?|(?<=[(（])\d+(?:\.\d+)?(?![\d.]|[)）])/g;

/** Figures of the sentences and numbers of the rule, both in order: the longest list of equals. */
function aligned(texts, numbers) {
  const figures = texts.flatMap((text, place) =>
    [...text.matchAll(FIGURE)].map((match) =>
      ({ place, value: match[0], start: match.index, end: match.index + match[0].length })));
  const slots = texts.map(() => []);
  const wide = numbers.length + 1;
  const best = new Uint16Array((figures.length + 1) * wide);
  const same = (i, j) => figures[i].value === String(numbers[j].value);
  for (let i = figures.length - 1; i >= 0; i -= 1) {
    for (let j = numbers.length - 1; j >= 0; j -= 1) {
      best[i * wide + j] = Math.max(
        best[(i + 1) * wide + j], best[i * wide + j + 1],
        same(i, j) ? 1 + best[(i + 1) * wide + j + 1] : 0);
    }
  }
  for (let i = 0, j = 0; i < figures.length && j < numbers.length;) {
    if (same(i, j) && best[i * wide + j] === 1 + best[(i + 1) * wide + j + 1]) {
      const { place, start, end } = figures[i];
      slots[place].push([numbers[j].id, start, end]);
      i += 1;
      j += 1;
    } else if (best[(i + 1) * wide + j] >= best[i * wide + j + 1]) i += 1;
    else j += 1;
  }
  return withLone(slots, figures, numbers);
}

/** A cap may stand before its list in the sentence and behind it in the rule: a number and a
 *  figure that are left over are one where no other is left over with that value. */
function withLone(slots, figures, numbers) {
  const used = new Set(slots.flat().map(([id]) => id));
  const taken = (figure) => slots[figure.place].some(([, start]) => start === figure.start);
  for (const number of numbers) {
    if (used.has(number.id)) continue;
    const alike = numbers.filter((each) => !used.has(each.id) && each.value === number.value);
    const free = figures.filter((each) => each.value === String(number.value) && !taken(each));
    if (alike.length !== 1 || free.length !== 1) continue;
    used.add(number.id);
    slots[free[0].place].push([number.id, free[0].start, free[0].end]);
  }
  slots.forEach((some) => some.sort((a, b) => a[1] - b[1]));
  return slots;
}

