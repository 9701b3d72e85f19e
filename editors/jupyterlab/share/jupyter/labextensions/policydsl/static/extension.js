// The plugins of policydsl in JupyterLab: files, cells, the language server, commands.
//
// shared(name) gives a package as JupyterLab itself uses it.
import { cells } from './cells.js';
import { commands } from './commands.js';
import { hints } from './hints.js';
import { parser, tokenTable } from './language.js';
import { extractor, MIME } from './policy.js';

// stroke follows the theme; JupyterLab would fill whatever names a fill beside the class
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3 jp-icon-selectable" stroke="#616161" stroke-width="2">
    <path fill="none" d="M5 2h10l4 4v16H5z"/><path fill="none" d="M8 9h8M8 13h5"/>
    <path fill="none" d="m9 17 2 2 5-5"/>
  </g></svg>`;

export async function plugins(shared) {
  const [codemirror, language, state, view, highlight, ui] = await Promise.all(
    ['@jupyterlab/codemirror', '@codemirror/language', '@codemirror/state', '@codemirror/view',
     '@lezer/highlight', '@jupyterlab/ui-components'].map(shared)
  );
  // Absent in some applications that load the extensions of JupyterLab.
  const [lsp, notebook, launcher, apputils, filebrowser, fileeditor] = await Promise.all(
    ['@jupyterlab/lsp', '@jupyterlab/notebook', '@jupyterlab/launcher', '@jupyterlab/apputils',
     '@jupyterlab/filebrowser', '@jupyterlab/fileeditor'].map(shared)
  );
  const icon = new ui.LabIcon({ name: 'policydsl:file', svgstr: ICON });

  const files = {
    id: 'policydsl:files',
    description: '打分政策文件：类型、图标、颜色 · Files of policies: type, icon, colours',
    autoStart: true,
    requires: [codemirror.IEditorLanguageRegistry],
    optional: fileeditor ? [fileeditor.IEditorTracker] : [],
    activate(app, languages, editors) {
      const stream = language.StreamLanguage.define({
        ...parser,
        tokenTable: tokenTable(highlight.tags)
      });
      languages.addLanguage({
        // Not "policydsl", the name for the language server: jupyterlab-lsp would look it up and
        // switch the colours of cells, which cells.js does already, and the two would quarrel.
        name: 'policy',
        displayName: '打分政策 policydsl',
        mime: MIME,
        extensions: ['policy'],
        // two spaces, as policydsl format writes
        support: new language.LanguageSupport(stream, [
          state.Prec.highest(language.indentUnit.of('  '))
        ])
      });
      app.docRegistry.addFileType({
        name: 'policydsl',
        displayName: '打分政策 Policy',
        extensions: ['.policy'],
        mimeTypes: [MIME],
        contentType: 'file',
        fileFormat: 'text',
        icon
      });
      // the editor gives every file the icon of a text
      editors?.widgetAdded.connect((_, widget) => {
        if (widget.context.path.endsWith('.policy')) widget.title.icon = icon;
      });
    }
  };

  const made = [files];
  if (notebook) made.push(cells(notebook));
  if (lsp) {
    made.push({
      id: 'policydsl:language-server',
      description: '%%policy 格交给语言服务 · The text of %%policy cells for the language server',
      autoStart: true,
      optional: [lsp.ILSPCodeExtractorsManager],
      activate(app, extractors) {
        extractors?.register(extractor, 'python');
      }
    });
  }
  if (lsp && fileeditor) made.push(hints({ state, view, lsp, fileeditor }));
  made.push(commands({ lsp, launcher, apputils, filebrowser, notebook, icon }));
  return made;
}
