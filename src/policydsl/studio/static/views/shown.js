// What is shown of the state, worked out in one place: clauses, findings, figures.

import { state as whole } from "../store.js";
import { say, t } from "../words.js";

/** The clauses in order: those of the file, with what the draft changes laid over them.
 *
 *  Each has `changed`, `before` (the clause as on file), `gone`, `added`. */
export function clausesShown(state) {
  const { policy, understood } = state;
  if (!policy?.document && !understood?.document) return [];
  const old = new Map((policy.document ?? []).map((clause) => [clause.key, clause]));
  if (!understood) return [...old.values()];
  const now = new Map((understood.document ?? []).map((clause) => [clause.key, clause]));
  const keys = understood.keys ?? [...old.keys()];
  const here = new Set(keys);
  const found = keys.filter((key) => now.has(key) || old.has(key)).map((key) => {
    const drawn = now.get(key);
    if (!drawn || sameRoot(drawn, old.get(key))) return old.get(key);
    return { ...drawn, changed: true, added: !old.has(key), before: drawn.before ?? old.get(key) };
  });
  // what the draft takes away stays where it was, struck out
  for (const [key, clause] of old) {
    if (here.has(key)) continue;
    const order = [...old.keys()];
    const before = order.slice(0, order.indexOf(key)).reverse().find((each) => found.some((c) => c.key === each));
    const place = found.findIndex((each) => each.key === before) + 1;
    found.splice(place, 0, { ...clause, gone: true, changed: true });
  }
  return found;
}

/** A draft that became an amendment has another id at its head; that is no change of a clause. */
function sameRoot(now, before) {
  if (now.kind !== "root" || !before) return false;
  const rest = (clause) => JSON.stringify([
    ["zh", "en"].map((lang) => clause.heading[lang].replace(clause.name[lang], "")), clause.sentences, clause.points,
  ]);
  return rest(now) === rest(before);
}

/** Findings of the draft: of the checker at once, of the review as of its last run. */
export function findingsShown(state) {
  const checked = (state.answer?.findings ?? state.policy?.findings ?? [])
    .filter((each) => each.kind !== "review" || !state.review.length);
  return [...checked, ...state.review];
}

export const SEVERITIES = ["error", "warning", "note"];

/** How severe a finding is, in one of the three words of the page. */
export function severity(finding) {
  return SEVERITIES.includes(finding.severity) ? finding.severity : "note";
}

/** Whether a finding is about the draft's own text, and not about a text that it rests on. */
export function isHere(finding, { policy, understood }) {
  const rewritten = understood?.kind != null && understood.kind !== policy.kind;
  const opened = policy.file.split(/[\\/]/).at(-1);
  return !finding.file || (finding.file === opened) !== rewritten;
}

export function countsByClause(findings) {
  const counts = new Map();
  for (const finding of findings) {
    if (!finding.clause || severity(finding) === "note") continue;
    const known = counts.get(finding.clause) ?? { n: 0, worst: "note", title: "" };
    known.n += 1;
    if (SEVERITIES.indexOf(severity(finding)) < SEVERITIES.indexOf(known.worst)) known.worst = severity(finding);
    known.title = say(finding.message);
    counts.set(finding.clause, known);
  }
  return counts;
}

export function headingOf(state, key) {
  if (key == null) return "";
  const find = (list) => list?.find((clause) => clause.key === key);
  const clause = find(state.understood?.document) ?? find(state.policy?.document);
  return clause ? nameOf(clause, state.policy) : "";
}

/** A run's conditions in one line. */
export function conditions(state = whole) {
  const { settings, desk, policy } = state;
  const population = populationsOf(state).find((each) => each.ref === settings.population?.ref)
    ?? desk.populations.find((each) => each.ref === settings.population?.ref);
  const scene = policy?.scenes?.find((each) => each.name === settings.scene);
  const by = policy?.groupings?.find((each) => each.name === settings.by);
  const parts = [];
  if (settings.population) {
    parts.push(say(population?.title) || settings.population.ref);
    if (!population?.units) parts.push(t("householdsOf", { n: Number(settings.population.n).toLocaleString("en") }));
    parts.push(t("seedOf", { n: settings.population.seed }));
  } else parts.push(t("noPopulation"));
  if (scene) {
    const quota = settings.quota ?? scene.quota;
    parts.push(say(scene.title ?? scene.name) + (quota ? `${t("colon")}${t("quotaOf", { n: Number(quota).toLocaleString("en") })}` : ""));
  }
  if (by) parts.push(`${t("by")}${t("colon")}${say(by.title ?? by.name)}`);
  return parts;
}

/** So many of those who are scored: persons, or units. */
export function counted(n, state) {
  return t(scoresUnits(state) ? "units" : "persons", { n: Number(n).toLocaleString("en") });
}

export function scoresUnits({ desk, settings }) {
  return Boolean(desk.populations.find((each) => each.ref === settings.population?.ref)?.units);
}

/** The populations that suit the policy, the best first; all, where the server named none. */
export function populationsOf({ policy, desk }) {
  const usable = desk.populations.filter((each) => !each.findings?.length);
  const suits = (policy?.populations ?? [])
    .map((ref) => usable.find((each) => each.ref === ref)).filter(Boolean);
  return suits.length ? suits : usable;
}

/** Clauses in parts: the rules, then the scenes, then validity and deadlines. */
export function parts(clauses) {
  const of = (clause) => ({ scene: "scene", rule: "rule" })[clause.kind] ?? "clause";
  return ["clause", "scene", "rule"]
    .map((kind) => ({ kind, clauses: clauses.filter((clause) => of(clause) === kind) }))
    .filter((part) => part.clauses.length);
}

/** How deep a clause stands below the title; the document itself is -1. */
export function depth(clause) {
  if (clause.kind === "root") return -1;
  return Math.min(Math.max((clause.level ?? 0) - 1, 0), 3);
}

/** A heading with the policy's title in the place of its id. */
export function heading(clause, policy) {
  const text = say(clause.heading);
  const name = say(clause.name);
  if (clause.kind !== "root" || !text.startsWith(name)) return text;
  return say(policy.title) + text.slice(name.length);
}

/** A clause's name without what stands in brackets behind it. */
export function nameOf(clause, policy) {
  return clause.kind === "root" ? say(policy.title) : say(clause.name) || say(clause.heading);
}
