// Charts of the page, drawn as SVG by the page itself.
//
// Not by Vega, which draws the project's reports: it compiles expressions with eval, which the
// page's Content-Security-Policy forbids, weighs about a megabyte, and takes longer to parse a
// specification than a slider has between two movements.  Here a chart is three small functions
// of the figures, only what moved is changed (trees.js), and the colours are those of pages/charts.py.

import { Component, createRef, html } from "../html.js";
import { t } from "../words.js";
import * as decimals from "../decimals.js";

const HEIGHT = 190;
const MARGIN = { left: 8, right: 8, bottom: 34 };
const LABELS = 34; // px above the bars for the labels of the lines

/** A measured box: its child is drawn anew when its width changes. */
class Measured extends Component {
  constructor() {
    super();
    this.box = createRef();
    this.state = { width: 0 };
  }

  componentDidMount() {
    this.watcher = new ResizeObserver(([entry]) => this.setState({ width: Math.floor(entry.contentRect.width) }));
    this.watcher.observe(this.box.current);
  }

  componentWillUnmount() {
    this.watcher.disconnect();
  }

  render({ draw }, { width }) {
    return html`<div class="measured" ref=${this.box}>${width > 0 && draw(width)}</div>`;
  }
}

const whole = (n) => Math.round(n).toLocaleString("en");

/** Round ends and steps of an axis. */
export function ticks(low, high, most) {
  const span = high - low || 1;
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= raw);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) found.push(Number(at.toFixed(6)));
  return found;
}

/** The distribution before (grey area) and after (blue line), with the line of either. */
export class Distribution extends Component {
  constructor() {
    super();
    this.state = { at: null };
  }

  render({ histogram, line, summary }, { at }) {
    const { points, before, after } = histogram;
    if (!points.length) return null;
    const width = histogram.width ?? (points.length > 1 ? points[1] - points[0] : 1);
    const bins = trimmed(points, before, after);
    const read = at != null && bins[at]
      ? t("binRead", {
        from: tidy(bins[at].from), to: tidy(bins[at].from + width),
        before: whole(bins[at].before), after: whole(bins[at].after),
      }) : t("chartHint");
    return html`
      <figure class="chart">
        <figcaption>
          <span>${t("distribution")}</span>
          <span class="legend"><i class="before"></i>${t("before")} <i class="after"></i>${t("after")}</span>
        </figcaption>
        <${Measured} draw=${(room) => this.draw(room, bins, width, line, summary, at)} />
        <p class="readout" aria-live="off">${read}</p>
        <details class="data">
          <summary>${t("table")}</summary>
          <table>
            <thead><tr><th scope="col">${t("range")}</th><th scope="col">${t("before")}</th><th scope="col">${t("after")}</th><th scope="col">${t("difference")}</th></tr></thead>
            <tbody>
              ${bins.map((bin) => html`
                <tr key=${bin.from}><th scope="row">${tidy(bin.from)}–${tidy(bin.from + width)}</th>
                  <td>${whole(bin.before)}</td><td>${whole(bin.after)}</td>
                  <td>${decimals.signed(String(Math.round(bin.after - bin.before)))}</td></tr>`)}
            </tbody>
          </table>
        </details>
      </figure>
    `;
  }

  draw(room, bins, width, line, summary, at) {
    const top = line?.before != null || line?.after != null ? LABELS : 8;
    const low = bins[0].from;
    const high = bins.at(-1).from + width;
    const { most, tall } = scaled(bins);
    const x = (value) => MARGIN.left + ((value - low) / (high - low)) * (room - MARGIN.left - MARGIN.right);
    const base = HEIGHT - MARGIN.bottom;
    const y = (count) => base - (Math.min(count, most) / most) * (base - top);
    // up or down to the count of a bin, then along it
    const stairs = (name) => bins
      .map((bin) => `V${y(bin[name]).toFixed(1)}H${x(bin.from + width).toFixed(1)}`).join("");
    const outline = (name, closed) => `M${x(low)} ${base}${stairs(name)}V${base}${closed ? "Z" : ""}`;
    const pointed = (event) => {
      const box = event.currentTarget.getBoundingClientRect();
      const value = low + ((event.clientX - box.left - MARGIN.left) / (room - MARGIN.left - MARGIN.right)) * (high - low);
      const place = Math.floor((value - low) / width);
      this.setState({ at: place >= 0 && place < bins.length ? place : null });
    };
    const walk = (event) => {
      const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!way) return;
      event.preventDefault();
      const next = at == null ? (way > 0 ? 0 : bins.length - 1) : at + way;
      this.setState({ at: Math.min(Math.max(next, 0), bins.length - 1) });
    };
    return html`
      <svg class="distribution" width=${room} height=${HEIGHT} viewBox="0 0 ${room} ${HEIGHT}" role="img"
        aria-label=${summary} tabindex="0" onKeyDown=${walk} onPointerMove=${pointed}
        onPointerLeave=${() => this.setState({ at: null })} onBlur=${() => this.setState({ at: null })}>
        ${ticks(low, high, Math.max(3, Math.floor(room / 70))).map((value) => html`
          <g key=${value}>
            <line class="grid" x1=${x(value)} x2=${x(value)} y1=${top} y2=${base} />
            <text class="tick" x=${x(value)} y=${base + 16} text-anchor=${anchor(x(value), room)}>${tidy(value)}</text>
          </g>`)}
        ${at != null && bins[at] && html`
          <rect class="here" x=${x(bins[at].from)} width=${Math.max(x(low + width) - x(low), 1)} y=${top} height=${base - top} />`}
        <path class="area-before" d=${outline("before", true)} />
        <path class="line-after" d=${outline("after", false)} />
        ${tall.map((bin) => html`
          <g key=${`tall${bin.from}`} class="tall">
            <path d="M${x(bin.from) - 3} ${top + 12}l${Math.max(x(low + width) - x(low), 1) + 6} -5v4l${-Math.max(x(low + width) - x(low), 1) - 6} 5z" />
            <text x=${x(bin.from + width) + 4} y=${top + 9}>${whole(Math.max(bin.before, bin.after))}</text>
          </g>`)}
        <line class="axis" x1=${MARGIN.left} x2=${room - MARGIN.right} y1=${base} y2=${base} />
        <text class="axis-title" x=${room - MARGIN.right} y=${HEIGHT - 4} text-anchor="end">${t("range")}</text>
        ${line && html`<${Marks} line=${line} x=${x} room=${room} low=${low} high=${high} base=${base} top=${top} />`}
      </svg>
    `;
  }
}

/** The line of admission before and after, with their labels apart from each other. */
function Marks({ line, x, room, low, high, base, top }) {
  const marks = [["before", line.before], ["after", line.after]]
    .filter(([, value]) => value != null)
    .map(([name, value]) => ({ name, value, at: x(Math.min(Math.max(Number(value), low), high)) }));
  if (marks.length === 2 && decimals.compare(marks[0].value, marks[1].value) === 0) marks.shift();
  const side = marks.length === 2 && marks[0].at > marks[1].at ? ["start", "end"] : ["end", "start"];
  return marks.map(({ name, value, at }, k) => {
    const only = marks.length === 1;
    const crowded = { start: at > room - 70, end: at < 70 };
    let text = only ? (at > room - 90 ? "end" : "start") : side[k];
    if (crowded[text]) text = text === "start" ? "end" : "start";
    return html`
      <g key=${name} class="mark-${name}">
        <line x1=${at} x2=${at} y1=${top - 18 + (only ? 0 : k * 12)} y2=${base} />
        <text x=${at + (text === "start" ? 5 : -5)} y=${top - 10 + (only ? 0 : k * 12)} text-anchor=${text}>
          ${t("lineBefore", { n: decimals.brief(value) })}</text>
      </g>`;
  });
}

const tidy = (value) => Number(value.toFixed(4)).toLocaleString("en");
const anchor = (at, room) => (at < 16 ? "start" : at > room - 20 ? "end" : "middle");

const OUT = 3; // a bin so many times as high as all others is cut off, and its count written there

/** The count at the top of the chart, and the bins that are higher than that. */
function scaled(bins) {
  const heights = bins.map((bin) => Math.max(bin.before, bin.after)).sort((a, b) => b - a);
  const [first = 1, second = 0] = heights;
  const cut = second > 0 && first > OUT * second;
  const most = Math.max(1, cut ? second * 1.3 : first);
  return { most, tall: cut ? bins.filter((bin) => Math.max(bin.before, bin.after) > most) : [] };
}

/** The bins that hold anybody. */
function trimmed(points, before, after) {
  const bins = points.map((from, k) => ({ from, before: before[k] ?? 0, after: after[k] ?? 0 }));
  const used = (bin) => bin.before > 0 || bin.after > 0;
  const first = Math.max(bins.findIndex(used), 0);
  let last = bins.length - 1;
  while (last > first && !used(bins[last])) last -= 1;
  return bins.slice(first, last + 1);
}

/** A bar from 0 to a share, with another behind it: before and after of one group. */
export function Pair({ before, after, most }) {
  const share = (value) => `${Math.max(0, Math.min(100, (100 * value) / (most || 1)))}%`;
  return html`
    <span class="pair" aria-hidden="true">
      <i class="before" style=${{ width: share(before) }}></i>
      <i class="after" style=${{ width: share(after) }}></i>
    </span>
  `;
}

/** Gainers to the right, losers to the left, the unmoved between: one stacked bar. */
export function Movers({ up, down, same }) {
  const all = up + down + same || 1;
  const parts = [["loss", down], ["same", same], ["gain", up]].filter(([, n]) => n > 0);
  return html`
    <div class="movers" aria-hidden="true">
      ${parts.map(([kind, n]) => html`<i key=${kind} class=${kind} style=${{ flexGrow: Math.max(n / all, 0.004) }}></i>`)}
    </div>
  `;
}
