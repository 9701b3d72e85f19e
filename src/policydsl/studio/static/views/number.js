// A number of the policy as a field in its sentence; with the focus on it, a slider below.

import { setNumber } from "../actions.js";
import * as decimals from "../decimals.js";
import { Component, createRef, html, names } from "../html.js";
import { state as whole, update } from "../store.js";
import { say, t } from "../words.js";
import { nameOf } from "./shown.js";

const MANY = 10;

/** Which way a key moves a number: −1, +1, or 0. */
const WAY = { ArrowUp: 1, ArrowDown: -1 };

export class NumberField extends Component {
  constructor() {
    super();
    this.state = { typed: null };
    this.box = createRef();
  }

  render({ number, clause, state }, { typed }) {
    const open = state.focus === number.id;
    const old = state.policy.numbers.find((each) => each.id === number.id);
    const changed = old != null && decimals.read(old.value) !== decimals.read(number.value);
    const value = typed ?? number.value;
    const wrong = typed != null && decimals.read(typed) == null;
    const unit = say(number.unit);
    const words = { where: nameOf(clause, state.policy), label: labelOf(number), value: old?.value ?? "", unit };
    return html`
      <span class="number ${names({ open, changed })}" ref=${this.box} onFocusOut=${this.leave}>
        <input type="text" inputmode="decimal" autocomplete="off" spellcheck="false" role="spinbutton"
          data-number=${number.id} value=${value} style=${{ width: `${Math.max(String(value).length, 1) + 0.6}ch` }}
          aria-label=${t(changed ? "field" : "fieldSame", words)} title=${t(changed ? "field" : "fieldSame", words)}
          aria-valuenow=${number.value} aria-valuetext="${number.value}${unit}" aria-invalid=${wrong ? "true" : null}
          aria-valuemin=${number.low} aria-valuemax=${number.high}
          onFocus=${this.enter} onInput=${this.type} onKeyDown=${this.key} />
        ${open && html`<${Slider} number=${number} old=${old} changed=${changed} wrong=${wrong} choose=${this.choose} />`}
      </span>
    `;
  }

  enter = (event) => {
    event.target.select();
    update({ focus: this.props.number.id });
  };

  leave = (event) => {
    if (this.box.current?.contains(event.relatedTarget)) return;
    this.setState({ typed: null });
    if (whole.focus === this.props.number.id) update({ focus: null });
  };

  type = (event) => {
    const typed = event.target.value;
    this.setState({ typed });
    const value = decimals.read(typed);
    if (value != null) setNumber(this.props.number.id, value);
  };

  key = (event) => {
    const { number, state } = this.props;
    const way = WAY[event.key];
    if (way) {
      event.preventDefault();
      this.choose(moved(number, way * (event.shiftKey ? MANY : 1)));
    } else if (event.key === "Enter") {
      this.setState({ typed: null });
    } else if (event.key === "Escape") {
      const old = state.policy.numbers.find((each) => each.id === number.id);
      if (old) this.choose(old.value);
    }
  };

  choose = (value) => {
    this.setState({ typed: null });
    setNumber(this.props.number.id, value);
  };
}

/** What a number is, in the words of its rule. */
export function labelOf(number) {
  return ruleWords(number).replace("□", number.value);
}

/** The words of a number's rule, with a box where it stands; keywords without underscores. */
export function ruleWords(number) {
  return say(number.label).replaceAll("_", " ");
}

/** A number some steps on, within what is sensible for it (or where it already is beyond that). */
export function moved(number, by) {
  const { low, high } = bounds(number);
  return decimals.clip(decimals.add(number.value, decimals.times(number.step ?? "1", by)), low, high);
}

function bounds({ low, high, value }) {
  return {
    low: low != null && decimals.compare(value, low) < 0 ? value : low,
    high: high != null && decimals.compare(value, high) > 0 ? value : high,
  };
}

class Slider extends Component {
  constructor() {
    super();
    this.box = createRef();
  }

  /** Keep it within the column. */
  componentDidMount() {
    const box = this.box.current;
    const room = box.closest(".middle").getBoundingClientRect();
    const over = box.getBoundingClientRect().right - room.right + 12;
    if (over > 0) box.style.left = `${-over}px`;
    const below = box.getBoundingClientRect().bottom - room.bottom + 8;
    if (below > 0) box.scrollIntoView({ block: "nearest" });
  }

  render({ number, old, changed, wrong, choose }) {
    const { low, high } = bounds(number);
    const step = number.step ?? "1";
    const ready = low != null && high != null;
    const most = ready ? decimals.steps(low, high, step) : 0;
    const at = ready ? decimals.stepOf(number.value, low, step) : 0;
    const pick = (place) =>
      choose(place >= most ? decimals.plain(high) : decimals.add(low, decimals.times(step, Math.max(place, 0))));
    const key = (event) => {
      const way = { ...WAY, ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!way || !event.shiftKey) return;
      event.preventDefault();
      choose(moved(number, way * MANY));
    };
    return html`
      <span class="slider" ref=${this.box} role="group" aria-label=${t("slider", { label: labelOf(number) })}>
        <span class="line">
          <b>${labelOf(number)}</b>
          <span class="was">${old && t("was", { value: old.value + say(number.unit) })}</span>
          ${changed && html`<button type="button" class="quiet" onClick=${() => choose(old.value)}>${t("revert")}</button>`}
        </span>
        ${ready && html`
          <span class="line">
            <small>${low}</small>
            <input type="range" min="0" max=${most} step="1" value=${at}
              aria-label=${t("slider", { label: labelOf(number) })} aria-valuetext="${number.value}${say(number.unit)}"
              onInput=${(event) => pick(Number(event.target.value))} onKeyDown=${key} />
            <small>${high}</small>
          </span>`}
        ${number.where && number.start == null && html`<span class="line hint">${say(number.where)}</span>`}
        <span class="line hint">${wrong ? html`<b class="wrong">${t("notNumber")}</b>` : `${t("sliderHint")} · ${t("step", { step })}`}</span>
      </span>
    `;
  }
}
