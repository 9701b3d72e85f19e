// The sums that the language server writes into the lines of a file, which jupyterlab-lsp leaves out.
const PAUSE = 700; // milliseconds without typing, so that the server knows the text
const RETRY = 1000;
const MOST_RETRIES = 90;

export function hints({ state, view, lsp, fileeditor }) {
  const tokens = [lsp.ILSPDocumentConnectionManager, fileeditor.IEditorTracker];
  return {
    id: 'policydsl:hints',
    description: '行内合计 · Sums in the line',
    autoStart: true,
    optional: tokens,
    activate(app, servers, editors) {
      if (!servers) return;
      const shown = field({ state, view });
      editors?.widgetAdded.connect((_, widget) => {
        if (!widget.context.path.endsWith('.policy')) return;
        void widget.content.ready.then(() => follow(widget, servers, view, shown));
      });
    }
  };
}

function follow(widget, servers, view, shown) {
  const editor = widget.content.editor;
  let timer = null;

  function schedule(delay, retries = 0) {
    clearTimeout(timer);
    timer = setTimeout(() => void look(retries), delay);
  }

  async function look(retries) {
    if (widget.isDisposed) return;
    const document = servers.adapters.get(widget.context.path)?.virtualDocument;
    const connection = document && servers.connections.get(document.uri);
    if (!connection?.isReady) {
      if (retries < MOST_RETRIES) schedule(RETRY, retries + 1);
      return;
    }
    const text = editor.state.doc;
    const found = await connection.clientRequests['textDocument/inlayHint'].request({
      textDocument: { uri: document.documentInfo.uri },
      range: { start: { line: 0, character: 0 }, end: { line: text.lines, character: 0 } }
    });
    // of a text that has changed meanwhile the places are wrong; the next look is on its way
    if (widget.isDisposed || editor.state.doc !== text) return;
    editor.editor.dispatch({ effects: shown.set.of(found ?? []) });
  }

  editor.injectExtension([
    shown.field,
    view.EditorView.updateListener.of((update) => {
      if (update.docChanged) schedule(PAUSE);
    })
  ]);
  widget.disposed.connect(() => clearTimeout(timer));
  schedule(PAUSE);
}

function field({ state, view }) {
  class Hint extends view.WidgetType {
    constructor(label, tip) {
      super();
      this.label = label;
      this.tip = tip;
    }
    eq(other) {
      return other.label === this.label && other.tip === this.tip;
    }
    toDOM() {
      const span = document.createElement('span');
      span.className = 'policydsl-hint';
      span.textContent = this.label;
      span.title = this.tip;
      span.style.cssText = 'color: var(--jp-ui-font-color2); font-size: 90%; user-select: none;';
      return span;
    }
  }

  const set = state.StateEffect.define();

  function placed(found, text) {
    const ranges = found.flatMap(({ position, label, tooltip }) => {
      if (position.line >= text.lines) return [];
      const line = text.line(position.line + 1);
      const words = typeof label === 'string' ? label : label.map((part) => part.value).join('');
      const widget = new Hint(words, typeof tooltip === 'string' ? tooltip : (tooltip?.value ?? ''));
      const place = Math.min(line.from + position.character, line.to);
      return [view.Decoration.widget({ widget, side: 1 }).range(place)];
    });
    return view.Decoration.set(ranges, true);
  }

  return {
    set,
    field: state.StateField.define({
      create: () => view.Decoration.none,
      update(old, change) {
        const effect = change.effects.find((each) => each.is(set));
        return effect ? placed(effect.value, change.state.doc) : old.map(change.changes);
      },
      provide: (own) => view.EditorView.decorations.from(own)
    })
  };
}
