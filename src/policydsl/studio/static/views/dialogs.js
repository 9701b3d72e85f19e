// Dialogs: the conditions of the run, saving, comparing, the package, the keyboard.

import { compare, save, setSettings, writePackage } from "../actions.js";
import * as api from "../api.js";
import * as decimals from "../decimals.js";
import { Component, createRef, html } from "../html.js";
import { KEYS } from "../keyboard.js";
import { update } from "../store.js";
import { say, t } from "../words.js";
import { SaveForm } from "./saving.js";
import { conditions, populationsOf } from "./shown.js";

const close = () => update({ dialog: null });

export function Dialogs({ state }) {
  const { dialog } = state;
  if (!dialog) return null;
  const found = {
    settings: ["settings", Settings], save: ["saveTitle", Save], compare: ["compareTitle", Compare],
    comparison: ["comparison", Comparison], package: ["packageTitle", Package], help: ["helpTitle", Help],
  }[dialog.kind];
  if (!found) return null;
  const [title, Body] = found;
  return html`
    <${Dialog} key=${dialog.kind} title=${t(title)} wide=${dialog.kind === "comparison"}>
      <${Body} state=${state} dialog=${dialog} />
    <//>
  `;
}

/** The browser's own modal dialog: it keeps the focus inside and closes with Esc. */
class Dialog extends Component {
  constructor() {
    super();
    this.box = createRef();
  }

  componentDidMount() {
    this.came = document.activeElement;
    this.box.current.showModal();
  }

  componentWillUnmount() {
    this.box.current.close(); // nothing behind an open dialog can take the focus
    if (this.came?.isConnected) this.came.focus();
  }

  /** Esc closed it; one that has left the page says so late, and is not asked. */
  closed = (event) => {
    if (event.target.isConnected) close();
  };

  render({ title, wide, children }) {
    return html`
      <dialog ref=${this.box} class=${wide ? "wide" : ""} aria-labelledby="dialog-title" onClose=${this.closed}>
        <header>
          <h2 id="dialog-title">${title}</h2>
          <button class="icon" aria-label=${t("close")} onClick=${close}>×</button>
        </header>
        <div class="content">${children}</div>
      </dialog>
    `;
  }
}

// -- the conditions of the run

class Settings extends Component {
  constructor(props) {
    super();
    const { settings } = props.state;
    this.state = {
      ref: settings.population?.ref ?? "", n: settings.population?.n ?? "", seed: settings.population?.seed ?? 1,
      scene: settings.scene ?? "", quota: settings.quota ?? "", by: settings.by ?? "", assume: settings.assume,
    };
  }

  apply = (event) => {
    event.preventDefault();
    const { ref, n, seed, scene, quota, by, assume } = this.state;
    close();
    setSettings({
      population: ref ? { ref, n: whole(n, 1000), seed: whole(seed, 1) } : null,
      scene: scene || null, quota: quota === "" ? null : whole(quota, null), by: by || null, assume,
    });
  };

  render({ state }, form) {
    const { policy } = state;
    const populations = populationsOf(state);
    const set = (name) => (event) => this.setState({ [name]: event.target.value });
    const chosen = populations.find((each) => each.ref === form.ref);
    const choose = (event) => {
      const next = populations.find((each) => each.ref === event.target.value);
      this.setState({ ref: event.target.value, n: next?.default_n ?? next?.households ?? form.n });
    };
    return html`
      <form onSubmit=${this.apply} class="form">
        <label>${t("population")}
          <select value=${form.ref} onChange=${choose}>
            <option value="">${t("noPopulation")}</option>
            ${populations.map((each) => html`<option key=${each.ref} value=${each.ref}>${say(each.title) || each.ref}</option>`)}
          </select>
        </label>
        ${form.ref && html`
          <div class="pair-of-fields">
            ${!chosen?.units && html`
              <label>${t("households")}
                <input type="number" min="1" max=${chosen?.households_max} step="1" required value=${form.n} onInput=${set("n")} />
              </label>`}
            <label>${t("seed")}
              <input type="number" min="0" step="1" required value=${form.seed} onInput=${set("seed")} />
            </label>
          </div>`}
        <div class="pair-of-fields">
          <label>${t("scene")}
            <select value=${form.scene} onChange=${set("scene")}>
              <option value="">${t("noScene")}</option>
              ${(policy.scenes ?? []).map((each) => html`<option key=${each.name} value=${each.name}>${say(each.title ?? each.name)}</option>`)}
            </select>
          </label>
          <label>${t("quota")}
            <input type="number" min="1" step="1" value=${form.quota} onInput=${set("quota")}
              placeholder=${policy.scenes?.find((each) => each.name === form.scene)?.quota ?? ""} />
          </label>
        </div>
        <label>${t("by")}
          <select value=${form.by} onChange=${set("by")}>
            <option value="">${t("noBy")}</option>
            ${(policy.groupings ?? []).map((each) => html`<option key=${each.name} value=${each.name}>${say(each.title ?? each.name)}</option>`)}
          </select>
        </label>
        ${policy.assumptions?.length > 0 && html`
          <fieldset>
            <legend>${t("assume")}</legend>
            ${policy.assumptions.map((each) => {
              const name = each.name ?? each;
              const has = form.assume.includes(name);
              return html`
                <label class="check" key=${name}>
                  <input type="checkbox" checked=${has}
                    onChange=${() => this.setState({ assume: has ? form.assume.filter((x) => x !== name) : [...form.assume, name] })} />
                  <span>${say(each.title ?? each)} <code>${name}</code></span>
                </label>`;
            })}
          </fieldset>`}
        <p class="buttons">
          <button class="primary" type="submit">${t("apply")}</button>
          <button type="button" onClick=${close}>${t("cancel")}</button>
        </p>
      </form>
    `;
  }
}

function whole(typed, otherwise) {
  const value = decimals.read(typed);
  return value == null ? otherwise : Math.max(0, Math.trunc(Number(value)));
}

function Save({ state }) {
  return html`<${SaveForm} state=${state} save=${save} close=${close} />`;
}

// -- comparing

class Compare extends Component {
  constructor() {
    super();
    this.state = { refs: [], draft: true };
  }

  render({ state }, { refs, draft }) {
    const others = state.desk.policies.filter((policy) => policy.comparable !== false && policy.ref !== state.ref);
    const enough = refs.length + (draft ? 1 : 0) >= 2;
    const toggle = (ref) => this.setState({ refs: refs.includes(ref) ? refs.filter((each) => each !== ref) : [...refs, ref] });
    const start = (event) => {
      event.preventDefault();
      compare(refs, draft);
    };
    return html`
      <form onSubmit=${start} class="form">
        <p class="hint">${t("compareLead")}</p>
        <fieldset class="choices">
          <legend class="unseen">${t("policies")}</legend>
          <label class="check">
            <input type="checkbox" checked=${draft} onChange=${() => this.setState({ draft: !draft })} />
            <span><b>${t("compareDraft")}</b> <small>${say(state.policy.title)}</small></span>
          </label>
          ${others.map((policy) => html`
            <label class="check" key=${policy.ref}>
              <input type="checkbox" value=${policy.ref} checked=${refs.includes(policy.ref)} onChange=${() => toggle(policy.ref)} />
              <span>${say(policy.title) || policy.id} <small>${[t(`kind_${policy.kind}`), say(policy.district)].filter(Boolean).join(" · ")} <code>${policy.id}</code></small></span>
            </label>`)}
        </fieldset>
        <p class="buttons">
          <button class="primary" type="submit" disabled=${!enough}>${t("compareStart")}</button>
          <button type="button" onClick=${close}>${t("cancel")}</button>
          ${!enough && html`<span class="hint">${t("tooFew")}</span>`}
        </p>
      </form>
    `;
  }
}

/** The comparison is a page of its own; it runs in a frame that can reach nothing of this one. */
function Comparison({ dialog }) {
  const address = dialog.result?.href && api.file(dialog.result.href);
  if (!address) return html`<p class="empty">${t("none")}</p>`;
  return html`
    <iframe sandbox="allow-scripts" src=${address} title=${t("comparison")}></iframe>
    <p class="buttons"><a href=${address} target="_blank" rel="noopener noreferrer">${t("newWindow")}</a></p>
  `;
}

// -- the package

const DAYS = ["issued", "deadline"];
const DETAILS = ["office", "contact", "phone", "mail"];

class Package extends Component {
  constructor(props) {
    super();
    const { state } = props;
    const own = amendments(state);
    this.state = { ref: own.find((each) => each.ref === state.ref)?.ref ?? own.at(-1)?.ref ?? "", details: {}, problems: null };
  }

  start = (event) => {
    event.preventDefault();
    const { settings } = this.props.state;
    const details = Object.fromEntries(Object.entries(this.state.details).filter(([, value]) => value));
    writePackage({ ref: this.state.ref, details, ...settings });
  };

  render({ state, dialog }, { ref, details }) {
    if (dialog.result) return html`<${Written} result=${dialog.result} />`;
    const own = amendments(state);
    if (!own.length) {
      return html`<p>${t("packageNone")}</p><p class="buttons"><button onClick=${close}>${t("close")}</button></p>`;
    }
    const set = (name) => (event) => this.setState({ details: { ...details, [name]: event.target.value } });
    return html`
      <form onSubmit=${this.start} class="form">
        <p class="hint">${t("packageLead")}</p>
        <label>${t("packageOf")}
          <select value=${ref} onChange=${(event) => this.setState({ ref: event.target.value })}>
            ${own.map((each) => html`<option key=${each.ref} value=${each.ref}>${say(each.title) || each.id}（${each.id}）</option>`)}
          </select>
        </label>
        ${ref === state.ref && state.draft.text !== state.policy.text && html`<p class="banner warn">${t("packageUnsaved")}</p>`}
        <div class="pair-of-fields">
          ${[...DAYS, ...DETAILS].map((name) => html`
            <label key=${name}>${t(name)}
              <input type=${DAYS.includes(name) ? "date" : "text"} maxlength="200" value=${details[name] ?? ""} onInput=${set(name)} />
            </label>`)}
        </div>
        <p class="hint">${t("emptyDetails")}</p>
        <p class="hint">${state.settings.population ? t("packageWith", { what: conditions(state).join(" · ") }) : t("packageWithout")}</p>
        <p class="buttons">
          <button class="primary" type="submit">${t("packageStart")}</button>
          <button type="button" onClick=${close}>${t("cancel")}</button>
        </p>
      </form>
    `;
  }
}

const amendments = (state) => state.desk.policies.filter((policy) => policy.own && policy.kind === "amendment");

function Written({ result }) {
  const zip = result.zip && api.file(result.zip);
  return html`
    <p>${t("packageDone", { folder: result.folder })}</p>
    <ul class="files">
      ${byName(result.files ?? []).map(([name, forms]) => html`
        <li key=${name}>
          <span class="grow">${name}</span>
          ${forms.map(({ form, href, size }) => html`
            <a key=${form} href=${api.file(href)} download="${name}.${form}" aria-label="${name}.${form}">${FORMS[form] ?? form} <small>${bytes(size)}</small></a>`)}
        </li>`)}
    </ul>
    <p class="buttons">
      ${zip && html`<a class="button primary" href=${zip} download>${t("all")}</a>`}
      <button onClick=${close}>${t("close")}</button>
    </p>
  `;
}

const FORMS = { docx: "Word", html: "HTML", pdf: "PDF", json: "JSON" };

/** The forms of one document side by side. */
function byName(files) {
  const found = new Map();
  for (const { name, href, size } of files) {
    const dot = name.lastIndexOf(".");
    const stem = name.slice(0, dot);
    found.set(stem, [...(found.get(stem) ?? []), { form: name.slice(dot + 1), href, size }]);
  }
  return [...found];
}

const bytes = (n) => (n >= 1e6 ? `${(n / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(n / 1e3))} kB`);

// -- the keyboard

function Help() {
  return html`
    <table class="keys">
      <tbody>
        ${KEYS.map(([keys, word]) => html`
          <tr key=${word}><th scope="row">${keys.map((key) => html`<kbd>${key}</kbd>`)}</th><td>${t(word)}</td></tr>`)}
      </tbody>
    </table>
  `;
}
