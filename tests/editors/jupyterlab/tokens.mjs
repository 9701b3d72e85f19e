// Reads {module, texts}; prints the tokens of each text as [kind, text], as CodeMirror asks for them.
import { readFileSync } from 'node:fs';

const { module, texts } = JSON.parse(readFileSync(0, 'utf-8'));
const { parser } = await import(module);

function tokens(text) {
  const state = parser.startState();
  const found = [];
  for (const string of text.split('\n')) {
    const stream = { string, pos: 0 };
    while (stream.pos < string.length) {
      const start = stream.pos;
      const kind = parser.token(stream, state);
      if (stream.pos <= start) throw new Error(`no progress at ${start} of ${string}`);
      if (kind !== null) found.push([kind, string.slice(start, stream.pos)]);
    }
  }
  return found;
}

process.stdout.write(JSON.stringify(texts.map(tokens)));
