// A draft is one text.  Numbers are places in it: to move a number is to replace its characters.
// The list of changes is found by comparing the file's text with the draft's, so it is always true.

const FIGURE = /\d+(?:\.\d+)?/g;

/** Python counts characters, JavaScript halves of some of them: offsets of one → of the other. */
export function offsets(text) {
  if (!/[\ud800-\udbff]/.test(text)) return (place) => place;
  const table = [];
  let unit = 0;
  for (const character of text) {
    table.push(unit);
    unit += character.length;
  }
  table.push(unit);
  return (place) => table[Math.min(place, table.length - 1)];
}

/** Numbers and clauses as the server gives them, with offsets of this text as JavaScript counts. */
export function placed(things, text) {
  const at = offsets(text);
  return (things ?? []).map((each) =>
    each.start == null ? each : { ...each, start: at(each.start), end: at(each.end) });
}

/** Put a value in the place of a number: → {text, numbers}. */
export function withNumber(text, numbers, id, value) {
  const number = numbers.find((each) => each.id === id);
  if (!number || number.start == null) return null;
  const next = text.slice(0, number.start) + value + text.slice(number.end);
  const moved = shifted(numbers, number.start, number.end, value.length);
  return {
    text: next,
    numbers: moved.map((each) =>
      each.id === id ? { ...each, value, start: number.start, end: number.start + value.length } : each),
  };
}

/** The places of things after text[start:end] became `length` characters; those inside are lost. */
export function shifted(things, start, end, length) {
  const by = length - (end - start);
  return things.map((each) => {
    if (each.start == null || each.end <= start) return each;
    if (each.start >= end) return { ...each, start: each.start + by, end: each.end + by };
    if (each.start <= start && each.end >= end) return { ...each, end: each.end + by };
    return { ...each, start: null, end: null };
  });
}

/** What a typed change replaced: the least piece between what stayed before and after it. */
export function replaced(old, text) {
  let start = 0;
  const shorter = Math.min(old.length, text.length);
  while (start < shorter && old[start] === text[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail += 1;
  return { start, end: old.length - tail, length: text.length - tail - start };
}

export function numbersAfter(numbers, old, text) {
  const { start, end, length } = replaced(old, text);
  return shifted(numbers, start, end, length);
}

// -- comparing two texts line by line

/** Pieces in which two texts differ: [{from, to, with: [lines], at}], lines counted from 0.
 *
 *  old lines from…to became the lines of `with`, which begin at line `at` of the new text. */
export function hunks(old, text) {
  const a = old.split("\n");
  const b = text.split("\n");
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head
    && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const one = a.slice(head, a.length - tail);
  const two = b.slice(head, b.length - tail);
  const found = [];
  let x = 0;
  let y = 0;
  for (const [i, j] of [...common(one, two), [one.length, two.length]]) {
    if (i > x || j > y) {
      found.push({ from: head + x, to: head + i, at: head + y, with: two.slice(y, j) });
    }
    x = i + 1;
    y = j + 1;
  }
  return found;
}

const MOST = 4_000_000;

/** Pairs of places of equal lines, the longest such list; texts too unlike to compare: none. */
function common(a, b) {
  if (!a.length || !b.length || a.length * b.length > MOST) return [];
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i * width + j] = a[i] === b[j]
        ? best[(i + 1) * width + j + 1] + 1
        : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
    }
  }
  const found = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) found.push([i++, j++]);
    else if (best[(i + 1) * width + j] >= best[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return found;
}

/** What a drafter changed: figures one by one, else lines.
 *
 *  → [{kind: "number", before, after, origin, start, end} | {kind: "lines", before, after, …}];
 *  origin is the offset in the old text; start, end in the new one. */
export function changesOf(old, text) {
  if (old === text) return [];
  const olds = old.split("\n");
  const news = text.split("\n");
  const oldAt = starts(olds);
  const newAt = starts(news);
  const found = [];
  for (const hunk of hunks(old, text)) {
    const before = olds.slice(hunk.from, hunk.to);
    const figures = before.length === hunk.with.length
      ? before.map((line, k) => figuresOf(line, hunk.with[k])) : [null];
    if (figures.every(Boolean)) {
      figures.forEach((pairs, k) => pairs.forEach((pair) => found.push({
        kind: "number",
        before: pair.before,
        after: pair.after,
        line: hunk.from + k + 1,
        origin: oldAt[hunk.from + k] + pair.origin,
        start: newAt[hunk.at + k] + pair.start,
        end: newAt[hunk.at + k] + pair.start + pair.after.length,
      })));
      continue;
    }
    const last = hunk.at + hunk.with.length;
    found.push({
      kind: "lines",
      before: before.join("\n"),
      after: hunk.with.join("\n"),
      line: hunk.from + 1,
      to: hunk.to,
      origin: oldAt[hunk.from] ?? old.length,
      start: newAt[hunk.at] ?? text.length,
      end: newAt[last] ?? text.length + 1,
      hunk,
    });
  }
  return found;
}

function starts(lines) {
  const found = [];
  let place = 0;
  for (const line of lines) {
    found.push(place);
    place += line.length + 1;
  }
  return found;
}

/** The figures in which two lines differ, or null where more than figures differs. */
function figuresOf(old, text) {
  const one = [...old.matchAll(FIGURE)];
  const two = [...text.matchAll(FIGURE)];
  if (one.length !== two.length || old.replace(FIGURE, "0") !== text.replace(FIGURE, "0")) return null;
  return one
    .map((match, k) => ({ before: match[0], after: two[k][0], origin: match.index, start: two[k].index }))
    .filter((pair) => pair.before !== pair.after);
}

/** The draft without one of its changes. */
export function without(text, change) {
  if (change.kind === "number") {
    return text.slice(0, change.start) + change.before + text.slice(change.end);
  }
  const lines = text.split("\n");
  const { at, with: added } = change.hunk;
  const old = change.hunk.to > change.hunk.from ? change.before.split("\n") : [];
  lines.splice(at, added.length, ...old);
  return lines.join("\n");
}

/** The changes of a draft made on another edition of the file: → {text, lost: [changes]}.
 *
 *  A change is carried over where the lines that it replaced, or for new lines the line before
 *  them, stand once in the new file. */
export function carried(old, text, file) {
  const lines = file.split("\n");
  const lost = [];
  const olds = old.split("\n");
  for (const hunk of hunks(old, text).reverse()) {
    const gone = olds.slice(hunk.from, hunk.to);
    const anchor = gone.length ? gone : olds.slice(Math.max(hunk.from - 1, 0), hunk.from);
    const places = anchor.length ? where(lines, anchor) : [0];
    if (places.length !== 1) {
      lost.push({ line: hunk.from + 1, after: hunk.with.join("\n") });
      continue;
    }
    if (gone.length) lines.splice(places[0], gone.length, ...hunk.with);
    else lines.splice(places[0] + anchor.length, 0, ...hunk.with);
  }
  return { text: lines.join("\n"), lost: lost.reverse() };
}

function where(lines, piece) {
  const found = [];
  for (let place = 0; place + piece.length <= lines.length; place += 1) {
    if (piece.every((line, k) => lines[place + k] === line)) found.push(place);
  }
  return found;
}
