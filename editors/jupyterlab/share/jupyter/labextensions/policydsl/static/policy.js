// What a notebook's cell with a policy is: its first line says %%policy, the rest is the policy.
export const MIME = 'text/x-policydsl';

const HEAD = /^(?:[ \t]*\n)*[ \t]*%%policy(?:[ \t][^\n]*)?(?:\n|$)/u;

export function holdsPolicy(source) {
  return HEAD.test(source);
}

// The place of the policy in a cell: {text, start, end}, in characters.
export function bodyOf(source) {
  const start = HEAD.exec(source)?.[0].length ?? 0;
  return { text: source.slice(start), start, end: source.length };
}

export function positionOf(text, offset) {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length - 1, column: lines[lines.length - 1].length };
}

export function offsetOf(text, line, column) {
  let start = 0;
  for (let i = 0; i < line; i++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + column, end < 0 ? text.length : end);
}

// Tells jupyterlab-lsp which part of a cell is in another language than the notebook.
export const extractor = {
  language: 'policydsl',
  // each cell is a text of its own: two drafts of one scheme may stand in one notebook
  standalone: true,
  fileExtension: 'policy',
  cellType: ['code'],

  hasForeignCode(code, type) {
    return type === 'code' && holdsPolicy(code) && bodyOf(code).text.trim() !== '';
  },

  extractForeignCode(code) {
    const { text, start, end } = bodyOf(code);
    return [{
      hostCode: code,
      foreignCode: text,
      range: { start: positionOf(code, start), end: positionOf(code, end) },
      virtualShift: null
    }];
  }
};
