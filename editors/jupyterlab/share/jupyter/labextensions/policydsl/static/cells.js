// %%policy cells are coloured, indented and commented as policies, not as Python.
import { holdsPolicy, MIME } from './policy.js';

export function cells({ INotebookTracker }) {
  return {
    id: 'policydsl:cells',
    description: '%%policy 格的颜色 · Colours of %%policy cells',
    autoStart: true,
    optional: [INotebookTracker],
    activate(app, tracker) {
      tracker?.widgetAdded.connect((_, panel) => {
        void panel.context.ready.then(() => follow(panel.content));
      });
    }
  };
}

function follow(notebook) {
  const known = new WeakSet();

  function watch(cell) {
    if (cell.type !== 'code' || known.has(cell)) return;
    known.add(cell);
    const settle = () => {
      const wanted = holdsPolicy(cell.sharedModel.getSource()) ? MIME : notebook.codeMimetype;
      // A language that somebody else has chosen for a cell is none of our business.
      if (cell.mimeType !== wanted && (wanted === MIME || cell.mimeType === MIME)) {
        cell.mimeType = wanted;
      }
    };
    cell.contentChanged.connect(settle);
    cell.mimeTypeChanged.connect(settle);
    settle();
  }

  function take(model) {
    if (!model) return;
    for (const cell of model.cells) watch(cell);
    model.cells.changed.connect((list) => {
      for (const cell of list) watch(cell);
    });
  }

  notebook.modelChanged.connect(() => take(notebook.model));
  take(notebook.model);
}
