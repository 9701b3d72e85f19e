// The draft of a tab survives a reload: it is kept in the tab's own storage by policy, together
// with the file's text and stamp from which it was made, so that a changed file is noticed.

const PREFIX = "policydsl-studio:draft:";
const SETTINGS = "policydsl-studio:settings:";
const LANGUAGE = "policydsl-studio:language";
const LAST = "policydsl-studio:last";

export function keepDraft(ref, draft) {
  write(sessionStorage, PREFIX + ref, draft);
}

/** → {stamp, origin, text} or null. */
export function keptDraft(ref) {
  const found = read(sessionStorage, PREFIX + ref);
  return found && typeof found.text === "string" && typeof found.origin === "string" ? found : null;
}

export function dropDraft(ref) {
  sessionStorage.removeItem(PREFIX + ref);
}

export function hasDraft(ref) {
  return sessionStorage.getItem(PREFIX + ref) !== null;
}

export const keepSettings = (ref, settings) => write(sessionStorage, SETTINGS + ref, settings);
export const keptSettings = (ref) => read(sessionStorage, SETTINGS + ref);
export const keepLast = (ref) => write(sessionStorage, LAST, ref);
export const keptLast = () => read(sessionStorage, LAST);
export const keepLanguage = (language) => write(localStorage, LANGUAGE, language);
export const keptLanguage = () => read(localStorage, LANGUAGE);

function write(where, key, value) {
  try {
    where.setItem(key, JSON.stringify(value));
  } catch {
    // storage is full or forbidden: the page works on, a reload begins anew
  }
}

function read(where, key) {
  try {
    return JSON.parse(where.getItem(key));
  } catch {
    return null;
  }
}
