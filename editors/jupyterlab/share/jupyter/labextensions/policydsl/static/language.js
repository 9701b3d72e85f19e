// The tokens of the policy language, line by line, as CodeMirror's StreamLanguage reads them.
//
// The same tokens as those of the Pygments lexer; a test holds the two together on every bundled
// policy. keywords.js is generated from the grammar's keyword table.
import { KEYWORDS, SPACES } from './keywords.js';

const HAN = '\\u3400-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}·';

// Full-width letters, digits and punctuation are as good as their ASCII twins; places stay.
export function folded(text) {
  return text.replace(/[\uff01-\uff5e]|[\u00a0-\u3000]/gu, (found) => {
    const code = found.charCodeAt(0);
    if (code >= 0xff01) return String.fromCharCode(code - 0xfee0);
    return SPACES.includes(found) ? ' ' : found;
  });
}

const KINDS = Object.entries(KEYWORDS).flatMap(([kind, words]) =>
  words.map((word) => [folded(word), kind])
);
const CATEGORY = new Map(KINDS);

// Tried in this order, as in the Pygments lexer.
const RULES = [
  [null, /[\s\ufeff\u200b]+/uy],
  ['comment', /(?:#|\/\/).*/uy],
  ['string', /“[^”]*”|"(?:[^"\\]|\\.)*"/uy],
  ['quoted', /「[^」]*」/uy],
  ['date', /\d{4}-\d{1,2}-\d{1,2}(?![\d-])|\d{4}年\d{1,2}月\d{1,2}日/uy],
  ['number', /\d+(?:\.\d+)?[万亿]?[%‰]?/uy],
  [
    'number',
    new RegExp(
      '[零〇一二两三四五六七八九十百千]+(?:点[零〇一二三四五六七八九]+)?[万亿]?' +
        `(?![${HAN}A-Za-z0-9_])`,
      'uy'
    )
  ],
  ['name', new RegExp(`(?:[${HAN}]|[A-Za-z_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)+`, 'uy')],
  ['operator', /<=|>=|!=|[-−+×*÷/<>≤≥=≠%‰]/uy],
  ['brace', /[{}()]/uy],
  ['punctuation', /[:,、;。|]/uy]
];
const LONG = '"""';

// The first line of a notebook's cell that holds a policy.
export const MAGIC = /^\s*%%policy(?:[ \t][^\n]*)?$/u;

export const parser = {
  name: 'policydsl',

  startState: () => ({ depth: 0, long: false, first: true }),

  copyState: (state) => ({ ...state }),

  // Moves the stream over one token and names it; null for spaces.
  token(stream, state) {
    const line = folded(stream.string);
    if (state.first && stream.pos === 0) {
      if (MAGIC.test(line)) {
        state.first = false;
        stream.pos = line.length;
        return 'magic';
      }
      state.first = line.trim() === '';
    }
    if (state.long || line.startsWith(LONG, stream.pos)) {
      const from = state.long ? stream.pos : stream.pos + LONG.length;
      const end = line.indexOf(LONG, from);
      state.long = end < 0;
      stream.pos = end < 0 ? line.length : end + LONG.length;
      return 'long';
    }
    for (const [kind, rule] of RULES) {
      rule.lastIndex = stream.pos;
      const found = rule.exec(line);
      if (!found) continue;
      stream.pos += found[0].length;
      if (kind === 'brace') state.depth = Math.max(0, state.depth + step(found[0]));
      return kind === 'name' ? (CATEGORY.get(found[0]) ?? 'name') : kind;
    }
    stream.pos += line.codePointAt(stream.pos) > 0xffff ? 2 : 1;
    return 'wrong';
  },

  indent(state, after, context) {
    if (state.long) return null;
    const closes = /^\s*[}｝)）]/u.test(after) ? 1 : 0;
    return Math.max(0, state.depth - closes) * context.unit;
  },

  languageData: {
    commentTokens: { line: '#' },
    closeBrackets: { brackets: ['{', '(', '（', '“', '「', '"'] },
    indentOnInput: /^\s*[}｝]$/u
  }
};

function step(brace) {
  return brace === '{' || brace === '(' ? 1 : -1;
}

// The names of tokens → the tags of JupyterLab's themes, so that light and dark both fit.
export function tokenTable(tags) {
  return {
    magic: tags.meta,
    comment: tags.lineComment,
    string: tags.string,
    long: tags.docString,
    quoted: tags.special(tags.variableName),
    date: tags.number,
    number: tags.number,
    name: tags.variableName,
    operator: tags.operator,
    brace: tags.bracket,
    punctuation: tags.punctuation,
    wrong: tags.invalid,
    document: tags.heading1,
    clause: tags.definitionKeyword,
    attribute: tags.attributeName,
    rule: tags.controlKeyword,
    condition: tags.operatorKeyword,
    other: tags.keyword
  };
}
