// The dialog for saving: what the file is called, and why each clause changes.

import { changes, rewritten } from "../actions.js";
import { Component, html } from "../html.js";
import { update } from "../store.js";
import { say, t } from "../words.js";
import { Messages } from "./findings.js";
import { clausesShown, findingsShown, nameOf, severity } from "./shown.js";
import { describe } from "./side.js";

export class SaveForm extends Component {
  constructor(props) {
    super();
    const { policy } = props.state;
    const own = policy.own && policy.kind === "amendment" && !rewritten();
    const id = suggestedId(props.state);
    this.state = {
      as: own ? "text" : "amendment", id, file: `${id}.policy`, named: false,
      title: say(policy.title).replace(/（修订[^）]*）$/, "") + (policy.kind === "amendment" ? "" : "修订草案"),
      reasons: {}, findings: null, replace: null, busy: false,
    };
  }

  save = async (event, anyway = false) => {
    event.preventDefault();
    const { id, title, file, reasons, replace } = this.state;
    const as = anyway ? "text" : this.state.as;
    this.setState({ busy: true, findings: null });
    const { policy } = this.props.state;
    const found = await this.props.save(as === "text"
      ? { as, file: policy.file, replace: policy.stamp, ...(anyway && { anyway }) }
      : { as, id, title, file, reasons, replace });
    if (!found.ok) this.setState({ busy: false, findings: found.findings, now: found.now });
  };

  /** Work in progress is kept as it is, in one's own file, once the drafter has said so. */
  saveAnyway = (event) => this.save(event, true);

  render({ state, close }, { as, id, title, file, reasons, findings, now, busy }) {
    const { policy } = state;
    const found = changes();
    const errors = findingsShown(state).filter((each) => severity(each) === "error");
    const clauses = clausesShown(state).filter((clause) => clause.changed);
    if (!found.length) {
      return html`<p>${t("nothingToSave")}</p><p class="buttons"><button onClick=${close}>${t("close")}</button></p>`;
    }
    if (errors.length) {
      return html`
        <p>${t(policy.own ? "saveErrorsOwn" : "saveErrors", { n: errors.length, file: policy.file })}</p>
        <${Messages} findings=${errors.slice(0, 5)} />
        ${findings && html`<div class="banner bad" role="alert"><${Messages} findings=${findings} /></div>`}
        <p class="buttons">
          <button class="primary" onClick=${() => { close(); update({ view: "text", goTo: { line: errors[0].line ?? 1 } }); }}>${t("toText")}</button>
          ${policy.own && html`<button disabled=${busy} onClick=${this.saveAnyway}>${t("saveAnyway")}</button>`}
          <button onClick=${close}>${t("cancel")}</button>
        </p>`;
    }
    const named = (value) => this.setState({ id: value, ...(this.state.named ? {} : { file: `${value}.policy` }) });
    const missing = clauses.filter((clause) => !reasons[clause.key]?.trim()).length;
    return html`
      <form class="form" onSubmit=${this.save}>
        ${policy.own && html`
          <fieldset class="ways">
            <legend>${t("saveAs")}</legend>
            ${["amendment", "text"].map((way) => html`
              <label class="check" key=${way}>
                <input type="radio" name="as" value=${way} checked=${as === way} onChange=${() => this.setState({ as: way })} />
                <span>${t(way === "text" ? "asText" : "asAmendment")}
                  ${way === "text" && html`<small>${t("asTextNote", { file: policy.file })}</small>`}</span>
              </label>`)}
          </fieldset>`}
        ${as === "amendment" ? html`
          <p class="hint">${t("saveLead")}</p>
          <div class="pair-of-fields">
            <label>${t("id")}
              <input required maxlength="80" value=${id} onInput=${(event) => named(event.target.value)} aria-describedby="id-hint" />
              <small id="id-hint">${t("idHint")}</small>
            </label>
            <label>${t("file")}
              <input required maxlength="200" value=${file} onInput=${(event) => this.setState({ file: event.target.value, named: true })} />
              <small>${state.desk.folder}</small>
            </label>
          </div>
          <label>${t("title")}
            <input required maxlength="200" value=${title} onInput=${(event) => this.setState({ title: event.target.value })} />
          </label>
          ${clauses.length > 0 && html`
            <fieldset class="reasons">
              <legend>${t("reasons")} <small>${t("reasonHint")}</small></legend>
              ${clauses.map((clause) => html`
                <label key=${clause.key}>
                  <span class="what"><b>${nameOf(clause, policy)}</b> <small>${clause.gone ? t("repealed") : clause.added ? t("newClause") : shortly(clause)}</small></span>
                  <textarea rows="2" maxlength="1000" placeholder=${policy.base ? t("keepsReason") : ""} value=${reasons[clause.key] ?? ""}
                    onInput=${(event) => this.setState({ reasons: { ...reasons, [clause.key]: event.target.value } })}></textarea>
                </label>`)}
            </fieldset>`}`
          : html`<ul class="plain">${found.map((change, k) => {
              const what = describe(change, state);
              return html`<li key=${k}>${what.where}${t("colon")}${what.text}</li>`;
            })}</ul>`}
        ${findings && html`<div class="banner bad" role="alert"><${Messages} findings=${findings} />
          ${now?.stamp && html`
            <button type="button" onClick=${() => this.setState({ replace: now.stamp, findings: null })}>${t("overwrite")}</button>`}
        </div>`}
        <p class="buttons">
          <button class="primary" type="submit" disabled=${busy}>${t("saveDo")}</button>
          <button type="button" onClick=${close}>${t("cancel")}</button>
          ${as === "amendment" && missing > 0 && !policy.base && html`<span class="hint">${t("noReason", { n: missing })}</span>`}
        </p>
      </form>
    `;
  }
}

function shortly(clause) {
  const text = (clause.sentences ?? []).map(say).join("");
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** A free name: the policy's own with "-draft", and a number where that is taken. */
function suggestedId({ policy, desk }) {
  const taken = new Set(desk.policies.map((each) => each.id));
  const stem = (policy.base ? policy.base : policy.id).replace(/-draft(-\d+)?$/, "");
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? `${stem}-draft` : `${stem}-draft-${n}`;
    if (!taken.has(id)) return id;
  }
}
