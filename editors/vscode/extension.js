// Starts `policydsl lsp` and connects VS Code with it. Everything that it knows of policies is there.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

const { l10n } = vscode;
let client = null;
let working = Promise.resolve();

function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand('policydsl.restart', () => later(restart)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const ours = ['policydsl.command', 'policydsl.review'];
      if (ours.some((name) => event.affectsConfiguration(name))) later(restart);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => later(restart))
  );
  return later(start);
}

function deactivate() {
  return later(stop);
}

// One after the other: a restart waits for the start before it.
function later(action) {
  working = working.then(action, action);
  return working;
}

async function restart() {
  await stop();
  await start();
}

async function stop() {
  const old = client;
  client = null;
  await old?.dispose();
}

async function start() {
  if (!vscode.workspace.isTrusted) return;
  const settings = vscode.workspace.getConfiguration('policydsl');
  const wanted = settings.get('command', '').trim();
  const command = found(wanted || 'policydsl', wanted === '');
  if (command === null) {
    void missing(wanted || 'policydsl');
    return;
  }
  const options = { env: { ...process.env, PYTHONUTF8: '1' } };
  client = new LanguageClient(
    'policydsl',
    'policydsl 打分政策',
    { command, args: ['lsp'], options },
    {
      documentSelector: [{ language: 'policydsl' }],
      initializationOptions: { review: settings.get('review', true) }
    }
  );
  try {
    await client.start();
  } catch (error) {
    void failed(error);
  }
}

// The path of a program; null where there is none. `own` looks into the folders that are open first.
function found(name, own) {
  const roots = (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === 'file')
    .map((folder) => folder.uri.fsPath);
  const windows = process.platform === 'win32';
  if (/[\\/]/.test(name)) {
    const places = path.isAbsolute(name) ? [name] : roots.map((root) => path.join(root, name));
    return places.find((place) => isProgram(place)) ?? null;
  }
  const suffixes = windows ? (process.env.PATHEXT ?? '.EXE').split(';') : [''];
  const folders = (process.env.PATH ?? process.env.Path ?? '').split(path.delimiter).filter(Boolean);
  if (own) folders.unshift(...roots.map((root) => path.join(root, '.venv', windows ? 'Scripts' : 'bin')));
  for (const folder of folders) {
    for (const suffix of ['', ...suffixes]) {
      const place = path.join(folder, name + suffix);
      if (isProgram(place)) return place;
    }
  }
  return null;
}

function isProgram(place) {
  try {
    if (!fs.statSync(place).isFile()) return false;
    fs.accessSync(place, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function missing(name) {
  const settings = l10n.t('Open settings');
  const again = l10n.t('Try again');
  const chosen = await vscode.window.showErrorMessage(
    l10n.t(
      'The program “{0}” was not found. Colours work without it; checks, hover and completion need it. Install it with: pip install "policydsl[editor]", or name it in the settings.',
      name
    ),
    again,
    settings
  );
  if (chosen === again) await later(restart);
  if (chosen === settings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'policydsl.command');
  }
}

async function failed(error) {
  const log = l10n.t('Show log');
  const text = l10n.t('The language server did not start: {0}', error?.message ?? String(error));
  if ((await vscode.window.showErrorMessage(text, log)) === log) client?.outputChannel.show();
}

module.exports = { activate, deactivate };
