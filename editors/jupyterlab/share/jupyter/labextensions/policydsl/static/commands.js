// Commands: a new policy, layout, and the remedies of a finding.
import { bodyOf, holdsPolicy, MIME, offsetOf, positionOf } from './policy.js';

const NEW = 'policydsl:new-file';
const FORMAT = 'policydsl:format';
const FIX = 'policydsl:fix';
const RENAME = 'policydsl:rename';
const KEYS = { [FORMAT]: 'Shift Alt F', [FIX]: 'Accel .', [RENAME]: 'F2' };
const CATEGORY = '打分政策 policydsl';

export function commands({ lsp, launcher, apputils, filebrowser, notebook, icon }) {
  const tokens = {
    start: launcher?.ILauncher,
    palette: apputils?.ICommandPalette,
    browser: filebrowser?.IDefaultFileBrowser,
    servers: lsp?.ILSPDocumentConnectionManager,
    notebooks: notebook?.INotebookTracker
  };
  const names = Object.keys(tokens).filter((name) => tokens[name]);
  return {
    id: 'policydsl:commands',
    description: '新建、整理、快速修复 · New file, layout, quick fixes',
    autoStart: true,
    optional: names.map((name) => tokens[name]),
    activate(app, ...given) {
      const found = Object.fromEntries(names.map((name, i) => [name, given[i]]));
      register(app, found, { apputils, icon });
    }
  };
}

function register(app, { start, palette, browser, servers, notebooks }, { apputils, icon }) {
  const here = () => subject(app.shell.currentWidget, servers, notebooks);

  app.commands.addCommand(NEW, {
    label: (args) => (args.isPalette ? '新建打分政策 New policy file' : '打分政策 Policy'),
    caption: '新建一份打分政策（.policy） · Create a policy',
    icon,
    execute: async (args) => {
      const contents = app.serviceManager.contents;
      const path = args.cwd ?? browser?.model.path ?? '';
      const text = await (await fetch(new URL('new.policy', import.meta.url))).text();
      const made = await contents.newUntitled({ path, type: 'file', ext: '.policy' });
      await contents.save(made.path, { type: 'file', format: 'text', content: text });
      return app.commands.execute('docmanager:open', { path: made.path });
    }
  });
  app.commands.addCommand(FORMAT, {
    label: '整理打分政策的排版 Format policy',
    isEnabled: () => here() !== null,
    execute: async () => {
      const it = here();
      const edits = await ask(it, 'textDocument/formatting', {
        options: { tabSize: 2, insertSpaces: true }
      });
      if (edits?.length) apply(it, it.cell ? edits.map(withoutLastLine) : edits);
      else tell(apputils, '不用改，或者还有语法错误 · Nothing to change, or it cannot be read yet');
    }
  });
  app.commands.addCommand(FIX, {
    label: '快速修复 Quick fix',
    isEnabled: () => here() !== null,
    execute: async () => {
      const it = here();
      const place = asked(positionOf(it.text, it.cursor()));
      const actions = (await ask(it, 'textDocument/codeAction', {
        range: { start: place, end: place },
        context: { diagnostics: [] }
      }))?.filter((action) => action.edit);
      if (!actions?.length) {
        tell(apputils, '光标处没有可改的 · No remedy at the cursor');
        return;
      }
      const chosen = await apputils.InputDialog.getItem({
        title: '快速修复 Quick fix',
        items: actions.map((action, i) => `${i + 1}. ${action.title}`)
      });
      const action = actions[Number.parseInt(chosen.value, 10) - 1];
      if (chosen.button.accept && action) apply(it, ownEdits(action.edit, it));
    }
  });

  app.commands.addCommand(RENAME, {
    label: '改名 Rename',
    isEnabled: () => here() !== null,
    execute: async () => {
      const it = here();
      const position = asked(positionOf(it.text, it.cursor()));
      const given = await apputils.InputDialog.getText({ title: '改名：新的名称 Rename: the new name' });
      const newName = given.value?.trim();
      if (!given.button.accept || !newName) return;
      try {
        const edit = await ask(it, 'textDocument/rename', { position, newName });
        if (edit) apply(it, ownEdits(edit, it));
        else tell(apputils, '光标处不是名称 · There is no name at the cursor');
      } catch (error) {
        tell(apputils, error?.message ?? String(error)); // taken, or declared in a bundled policy
      }
    }
  });
  // jupyterlab-lsp would write the renamed policy over the whole cell, its first line included.
  servers?.connected.connect((_, { connection, virtualDocument }) => {
    if (virtualDocument.language === 'policydsl') delete connection.serverCapabilities.renameProvider;
  });

  start?.add({ command: NEW, category: 'Other', rank: 1 });
  palette?.addItem({ command: NEW, category: CATEGORY, args: { isPalette: true } });
  for (const command of servers ? [FIX, RENAME, FORMAT] : []) {
    palette?.addItem({ command, category: CATEGORY });
    for (const selector of ['.jp-FileEditor', '.jp-Notebook']) {
      app.contextMenu?.addItem({ command, selector, rank: 9 });
      const keys = [KEYS[command]];
      app.commands.addKeyBinding({ command, keys, selector: `${selector} .cm-editor` });
    }
  }
}

// The policy in front of the user: a file, or the cell at work; null where there is none.
function subject(widget, servers, notebooks) {
  const adapter = servers?.adapters.get(widget?.context?.path);
  const host = adapter?.virtualDocument;
  if (!host) return null;
  const cell = notebooks?.currentWidget === widget ? widget.content.activeCell : null;
  const model = cell ? cell.model : widget.content?.model;
  const editor = cell ? cell.editor : widget.content?.editor;
  if (model?.mimeType !== MIME || !editor) return null;
  const source = model.sharedModel.getSource();
  const document = cell ? cellDocument(host, adapter, source) : host;
  const connection = document && servers.connections.get(document.uri);
  if (!connection?.isReady) return null;
  const { text, start } = cell && holdsPolicy(source) ? bodyOf(source) : { text: source, start: 0 };
  const cursor = () => Math.max(0, editor.getOffsetAt(editor.getCursorPosition()) - start);
  const uri = document.documentInfo.uri;
  return { model, text, start, cursor, connection, uri, cell: cell !== null };
}

// A cell that was no policy for a while leaves its old document behind: the one with its text counts.
function cellDocument(host, adapter, source) {
  const active = adapter.activeEditor;
  const text = bodyOf(source).text.trimEnd();
  const own = [...host.foreignDocuments.values()].filter(
    (document) =>
      document.language === 'policydsl' &&
      [...document.sourceLines.values()].some((line) => line.editor === active)
  );
  return own.findLast((document) => document.value.trimEnd() === text) ?? own.at(-1) ?? null;
}

async function ask(it, method, params) {
  const textDocument = { uri: it.uri };
  return it.connection.clientRequests[method].request({ textDocument, ...params });
}

// A file ends with an empty line, a cell does not.
const withoutLastLine = (edit) => ({ ...edit, newText: edit.newText.replace(/\n+$/u, '') });

const asked = ({ line, column }) => ({ line, character: column });

function ownEdits(edit, it) {
  const changes = [
    ...Object.entries(edit.changes ?? {}),
    ...(edit.documentChanges ?? []).map((each) => [each.textDocument.uri, each.edits])
  ];
  return changes.filter(([uri]) => uri === it.uri).flatMap(([, edits]) => edits);
}

// The last edit first, so that the places of the others stay right. Positions are UTF-16 on both
// sides: those of the protocol and of JavaScript.
function apply(it, edits) {
  const offset = (place) => it.start + offsetOf(it.text, place.line, place.character);
  const placed = edits.map(({ range, newText }) => [offset(range.start), offset(range.end), newText]);
  placed.sort((one, other) => other[0] - one[0]);
  const shared = it.model.sharedModel;
  shared.transact(() => {
    for (const [start, end, text] of placed) shared.updateSource(start, end, text);
  });
}

function tell(apputils, message) {
  apputils?.Notification.info(message, { autoClose: 4000 });
}
