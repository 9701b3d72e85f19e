// Plays extension.js with stand-ins for VS Code and for its client; prints what happened as JSON.
//
// Reads {extension, folders, command, path, trusted, bundle, fails, answer, then}: `then` lists
// settings that are made afterwards, `answer` is the button that the user presses.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');

const given = JSON.parse(fs.readFileSync(0, 'utf-8'));
process.env.PATH = given.path;
const happened = [];
const listeners = [];
let command = given.command;
const bundle = given.bundle ? JSON.parse(fs.readFileSync(given.bundle, 'utf-8')) : {};

const vscode = {
  l10n: { t: (text, ...values) => (bundle[text] ?? text).replace(/\{(\d)\}/g, (_, i) => values[i]) },
  commands: {
    registerCommand: (name) => happened.push(['command', name]),
    executeCommand: async (...call) => happened.push(['execute', ...call])
  },
  window: {
    showErrorMessage: async (text, ...buttons) => {
      happened.push(['error', text, ...buttons]);
      return buttons.find((button) => button === given.answer);
    }
  },
  workspace: {
    isTrusted: given.trusted ?? true,
    workspaceFolders: given.folders.map((fsPath) => ({ uri: { scheme: 'file', fsPath } })),
    getConfiguration: (section) => ({
      get: (name, unset) => {
        if (`${section}.${name}` === 'policydsl.command') return command;
        return given.settings?.[`${section}.${name}`] ?? unset;
      }
    }),
    onDidChangeConfiguration: (listener) => listeners.push(listener),
    onDidGrantWorkspaceTrust: () => {}
  }
};

class LanguageClient {
  constructor(id, name, server, options) {
    happened.push(['client', id, server.command, server.args, options]);
  }
  async start() {
    if (given.fails) throw new Error(given.fails);
    happened.push(['started']);
  }
  async dispose() {
    happened.push(['disposed']);
  }
}

const load = Module._load;
Module._load = (name, ...rest) => {
  if (name === 'vscode') return vscode;
  if (name === 'vscode-languageclient/node') return { LanguageClient };
  return load(name, ...rest);
};

(async () => {
  const extension = require(given.extension);
  await extension.activate({ subscriptions: [] });
  for (const setting of given.then ?? []) {
    command = setting;
    for (const listener of listeners) {
      listener({ affectsConfiguration: (name) => name === 'policydsl.command' });
    }
  }
  await extension.deactivate();
  process.stdout.write(JSON.stringify(happened));
})();
