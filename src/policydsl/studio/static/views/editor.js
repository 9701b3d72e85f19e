// The text of the draft: a textarea over a drawing of the same lines, which carries line numbers,
// colours and the marks of findings.  Both wrap alike, so a number stays with its line.

import { rewritten, setText } from "../actions.js";
import { Component, createRef, html } from "../html.js";
import { state as whole } from "../store.js";
import { say, t } from "../words.js";
import { findingsShown, isHere, severity } from "./shown.js";
import { offsets } from "../draft.js";

const INDENT = "  ";
const PIECE = /(#.*$)|(“[^”]*”?|"[^"]*"?)|(\d+(?:\.\d+)?%?)|(未载明|酌情)|([{}])/g;
const KINDS = ["comment", "string", "figure", "open", "brace"];

export class Editor extends Component {
  constructor() {
    super();
    this.area = createRef();
    this.state = { line: 1, column: 1 };
  }

  componentDidMount() {
    this.arrive();
  }

  componentDidUpdate(before) {
    this.arrive();
    const area = this.area.current;
    // a step of undo puts the caret where something changed, not at the end
    if (before.state.draft.text !== this.props.state.draft.text && area.value !== this.props.state.draft.text) {
      area.value = this.props.state.draft.text;
    }
  }

  /** Show the line that somebody asked for. */
  arrive() {
    const { goTo } = this.props.state;
    if (!goTo?.line) return;
    whole.goTo = null;
    this.reach(goTo.line, goTo.column ?? 1);
  }

  reach(line, column) {
    const area = this.area.current;
    const lines = area.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const place = start + offsets(lines[line - 1] ?? "")(Math.max(column - 1, 0));
    area.focus({ preventScroll: true });
    area.setSelectionRange(place, place);
    const drawn = area.parentElement.querySelector(`[data-line="${line}"]`);
    drawn?.scrollIntoView({ block: "center" });
    this.follow();
  }

  follow = () => {
    const area = this.area.current;
    const upTo = area.value.slice(0, area.selectionStart).split("\n");
    this.setState({ line: upTo.length, column: upTo.at(-1).length + 1 });
  };

  input = (event) => {
    setText(event.target.value);
    this.follow();
  };

  key = (event) => {
    const area = event.target;
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && !command && !event.isComposing) {
      const before = area.value.slice(0, area.selectionStart);
      const line = before.slice(before.lastIndexOf("\n") + 1);
      const more = /[{｛]\s*$/.test(line) ? INDENT : "";
      event.preventDefault();
      this.insert(`\n${/^\s*/.exec(line)[0]}${more}`);
    } else if (command && (event.key === "]" || event.key === "[")) {
      event.preventDefault();
      this.indent(event.key === "]");
    } else if (event.key === "F8") {
      event.preventDefault();
      this.mark(event.shiftKey ? -1 : 1);
    }
  };

  insert(text) {
    const area = this.area.current;
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    setText(area.value);
    this.follow();
  }

  indent(more) {
    const area = this.area.current;
    const { selectionStart: from, selectionEnd: to, value } = area;
    const start = value.lastIndexOf("\n", from - 1) + 1;
    const lines = value.slice(start, to).split("\n");
    const next = lines.map((line) => (more ? INDENT + line : line.replace(/^ {1,2}/, "")));
    area.setRangeText(next.join("\n"), start, to, "preserve");
    const first = next[0].length - lines[0].length;
    area.setSelectionRange(Math.max(start, from + first), start + next.join("\n").length);
    setText(area.value);
  }

  /** The next finding after the caret, or the one before it. */
  mark(way) {
    const lines = [...new Set(this.marks().map((each) => each.line))].sort((a, b) => a - b);
    if (!lines.length) return;
    const here = this.state.line;
    const next = way > 0 ? lines.find((line) => line > here) ?? lines[0]
      : lines.findLast((line) => line < here) ?? lines.at(-1);
    this.reach(next, 1);
  }

  /** The findings that are about the text as it stands here. */
  marks() {
    const { state } = this.props;
    return findingsShown(state).filter((each) => each.line && isHere(each, state));
  }

  render({ state }, { line, column }) {
    const { draft } = state;
    const marks = this.marks();
    const byLine = grouped(marks);
    const here = byLine.get(line) ?? [];
    return html`
      <div class="editor">
        <div class="sheet">
          <${Lines} text=${draft.text} marks=${byLine} filed=${rewritten() ? null : state.policy.text} />
          <textarea ref=${this.area} value=${draft.text} spellcheck="false" autocapitalize="off" autocomplete="off"
            aria-label=${t("editor")} aria-describedby="editor-hint" wrap="soft"
            onInput=${this.input} onKeyDown=${this.key} onSelect=${this.follow} onClick=${this.follow}
            onKeyUp=${this.follow}></textarea>
        </div>
      </div>
      <div class="under">
        <span class="position">${t("position", { line, column })}</span>
        ${marks.length > 0 && html`
          <button class="icon" onClick=${() => this.mark(-1)} aria-label=${t("previousMark")} title="${t("previousMark")} (Shift+F8)">↑</button>
          <button class="icon" onClick=${() => this.mark(1)} aria-label=${t("nextMark")} title="${t("nextMark")} (F8)">↓</button>`}
        <span class="here" role="status">
          ${here.slice(0, 2).map((finding) => html`
            <span class=${severity(finding)}>${say(finding.message)}${say(finding.remedy) && html`<small>${say(finding.remedy)}</small>`}</span>`)}
        </span>
        <span class="hint" id="editor-hint">${t("editorHint")}</span>
      </div>
    `;
  }
}

function grouped(marks) {
  const found = new Map();
  for (const finding of marks) found.set(finding.line, [...(found.get(finding.line) ?? []), finding]);
  return found;
}

/** The drawing below the textarea; a line is drawn anew only where it or its mark changed. */
class Lines extends Component {
  shouldComponentUpdate(next) {
    return next.text !== this.props.text || next.marks !== this.props.marks || next.filed !== this.props.filed;
  }

  render({ text, marks, filed }) {
    const known = filed == null ? null : new Set(filed.split("\n"));
    return html`
      <div class="drawn" aria-hidden="true">
        ${text.split("\n").map((line, place) => html`
          <${Drawn} key=${place} line=${line} number=${place + 1} fresh=${known != null && !known.has(line)}
            mark=${worst(marks.get(place + 1))} at=${marks.get(place + 1)?.map((each) => [each.column, each.end_line > each.line ? null : each.end_column]).join(";")} />`)}
      </div>
    `;
  }
}

const worst = (found) => found && ["error", "warning", "note"].find((kind) => found.some((each) => severity(each) === kind));

class Drawn extends Component {
  shouldComponentUpdate(next) {
    return ["line", "number", "fresh", "mark", "at"].some((name) => next[name] !== this.props[name]);
  }

  render({ line, number, fresh, mark, at }) {
    return html`
      <div class="row ${fresh ? "fresh" : ""} ${mark ?? ""}" data-line=${number}>
        ${pieces(line, mark && at).map(({ text, kind, marked }) => (kind || marked
          ? html`<span class="${kind ?? ""} ${marked ? `marked ${mark}` : ""}">${text}</span>` : text))}${"\n"}
      </div>
    `;
  }
}

/** A line in coloured pieces, with the marked stretch cut out. */
function pieces(line, at) {
  const found = [];
  let from = 0;
  for (const match of line.matchAll(PIECE)) {
    if (match.index > from) found.push({ text: line.slice(from, match.index) });
    found.push({ text: match[0], kind: KINDS[match.slice(1).findIndex((each) => each !== undefined)] });
    from = match.index + match[0].length;
  }
  if (from < line.length) found.push({ text: line.slice(from) });
  if (!at) return found;
  const unit = offsets(line);
  const [column, last] = at.split(";")[0].split(",").map(Number);
  const start = unit(Math.max((column || 1) - 1, 0));
  const end = last > column ? unit(last - 1) : line.length;
  return cut(found, start, end);
}

function cut(found, start, end) {
  const result = [];
  let place = 0;
  for (const piece of found) {
    const bounds = [0, start - place, end - place, piece.text.length]
      .map((each) => Math.min(Math.max(each, 0), piece.text.length));
    for (let k = 0; k < 3; k += 1) {
      const text = piece.text.slice(bounds[k], bounds[k + 1]);
      if (text) result.push({ text, kind: piece.kind, marked: k === 1 });
    }
    place += piece.text.length;
  }
  return result;
}

