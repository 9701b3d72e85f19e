// Reads {module, cells}; prints what the language server gets of each cell, and from where.
import { readFileSync } from 'node:fs';

const { module, cells } = JSON.parse(readFileSync(0, 'utf-8'));
const { extractor, holdsPolicy, bodyOf, positionOf, offsetOf } = await import(module);

const answers = cells.map((source) => {
  if (!extractor.hasForeignCode(source, 'code')) return { policy: holdsPolicy(source) };
  const [found] = extractor.extractForeignCode(source);
  const { text, start } = bodyOf(source);
  for (let i = 0; i <= text.length; i++) {
    const { line, column } = positionOf(text, i);
    if (offsetOf(text, line, column) !== i) throw new Error(`place ${i} of ${text}`);
  }
  return { policy: true, text: found.foreignCode, host: found.hostCode, start, from: found.range.start };
});
process.stdout.write(JSON.stringify(answers));
