// Trees for the page: html`…` describes what shall be seen, render() makes the page so.
//
// 1. A template is parsed once; each use fills its holes and gives a Tree, a value that never
//    changes and knows nothing of the page.  A part without holes is made once for all uses.
// 2. What is on the page is remembered in Pieces: those of elements and texts have a DOM node,
//    those of fragments and components have none of their own.
// 3. A change walks along trees and pieces together, finds for each tree the piece that goes on
//    with it, and notes the elements whose children are others now, or in another order.  When that is
//    done, each of these elements is put in order once, and then components are told.
//
// Texts become text nodes, never markup; a tag that comes as a value must be a component.

export const Fragment = Symbol("fragment");
const TEXT = Symbol("text");
const SVG = "http://www.w3.org/2000/svg";

// -- trees

class Tree {
  constructor(type, { key, ...props }, children) {
    this.type = type;
    this.key = key ?? null;
    this.children = children;
    this.props = typeof type === "function" && children.length ? { ...props, children } : props;
  }
}

const templates = new WeakMap(); // the strings of a template → its parts

/** html`<p class=${x}>…</p>` → a Tree; of several pieces side by side a list. */
export function html(strings, ...values) {
  let parts = templates.get(strings);
  if (!parts) templates.set(strings, parts = parsed(strings));
  const made = parts.map((part) => filled(part, values));
  return made.length === 1 ? made[0] : made;
}

/** A part with its holes filled; a part is a text, the number of a hole, or an element. */
function filled(part, values) {
  if (typeof part === "string") return part;
  if (typeof part === "number") return drawable(values[part]);
  if (part.made) return part.made;
  const type = typeof part.tag === "number" ? values[part.tag] : part.tag;
  if (type !== part.tag && typeof type !== "function" && type !== Fragment) {
    throw new TypeError("a tag that is a value must be a component");
  }
  const props = {};
  for (const { name, value } of part.attributes) {
    if (name === null) Object.assign(props, values[value]);
    else if (typeof value === "number") props[name] = values[value];
    else props[name] = Array.isArray(value) ? value.map((piece) => words(piece, values)).join("") : value;
  }
  const tree = new Tree(type, props, part.children.map((child) => filled(child, values)));
  if (part.fixed) part.made = tree;
  return tree;
}

function words(piece, values) {
  const value = typeof piece === "number" ? values[piece] : piece;
  return value == null || typeof value === "boolean" ? "" : String(value);
}

/** What somebody wants drawn as a tree, a text, or null. */
function drawable(value) {
  if (value instanceof Tree || typeof value === "string") return value;
  if (value == null || typeof value === "boolean") return null;
  if (Array.isArray(value)) return new Tree(Fragment, {}, value.map(drawable));
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  console.error("neither text nor tree:", value);
  return null;
}

// -- templates

const HOLE = "\0"; // stands for a value while a template is parsed
const TAG = /<(\/?)([^\s<>/=]*)/y;
const ATTRIBUTE = /\s+(?:\.\.\.(\0)|([^\s\0<>/="']+)(?:=(?:"([^"]*)"|'([^']*)'|([^\s<>/"']+)))?)/y;
const END = /\s*(\/?)>/y;

/** Texts of a template → its parts. */
function parsed(strings) {
  const source = strings.join(HOLE);
  const top = { children: [] };
  const open = [top];
  let at = 0;
  let holes = 0;
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const wrong = (what) => new SyntaxError(`${what} in the template: ${source.slice(Math.max(at - 30, 0), at + 30)}`);
  // a text cut at its holes
  const cut = (text) => text.split(HOLE).flatMap((piece, k) => (k ? [holes++, piece] : [piece]));
  const whole = (text) => {
    const found = cut(text).filter((piece) => piece !== "");
    return found.length > 1 ? found : found[0] ?? "";
  };
  while (at < source.length) {
    if (source[at] !== "<") {
      const end = source.indexOf("<", at);
      const text = source.slice(at, end < 0 ? source.length : end);
      at += text.length;
      open.at(-1).children.push(...cut(text).map(unindented).filter((piece) => piece !== ""));
      continue;
    }
    const [, closing, name] = take(TAG);
    const tag = whole(name);
    if (closing) {
      const part = open.pop();
      const ends = tag === part.tag || tag === "" || typeof tag === "number"; // <//> ends whatever is open
      if (!take(END) || !open.length || !ends) throw wrong("an end without a beginning");
      continue;
    }
    if (tag === "" || Array.isArray(tag)) throw wrong("no tag");
    const part = { tag, attributes: [], children: [] };
    const before = holes;
    for (let found = take(ATTRIBUTE); found; found = take(ATTRIBUTE)) {
      const [, spread, key, ...values] = found;
      const value = values.find((each) => each !== undefined);
      if (spread) part.attributes.push({ name: null, value: holes++ });
      else part.attributes.push({ name: key, value: value === undefined ? true : whole(value) });
    }
    const end = take(END);
    if (!end) throw wrong("a tag without an end");
    part.fixed = typeof tag === "string" && holes === before;
    open.at(-1).children.push(part);
    if (!end[1]) open.push(part);
  }
  if (open.length > 1) throw wrong(`<${open.at(-1).tag}> without an end`);
  top.children.forEach(settleFixed);
  return top.children;
}

/** Whether a part is the same in every use. */
function settleFixed(part) {
  if (typeof part !== "object") return typeof part === "string";
  const inside = part.children.map(settleFixed).every(Boolean);
  part.fixed &&= inside;
  return part.fixed;
}

/** A text without line breaks and the indentation around them. */
function unindented(text) {
  if (typeof text !== "string" || !text.includes("\n")) return text;
  const lines = text.split("\n");
  return lines.map((line, k) => {
    const begun = k > 0 ? line.trimStart() : line;
    return k < lines.length - 1 ? begun.trimEnd() : begun;
  }).filter(Boolean).join(" ");
}

// -- what is on the page

/** What is drawn of a tree: the pieces below it, and a DOM node or a component. */
class Piece {
  constructor(tree, above) {
    this.tree = tree;
    this.above = above;
    this.depth = above ? above.depth + 1 : 0;
    this.svg = above?.svg ?? false; // whether elements below it are SVG
    this.kids = [];
    this.dom = null;
    this.own = null; // the instance of a Component
    this.pending = null; // values set since it was last drawn
  }
}

const kind = (tree) => (typeof tree === "string" ? TEXT : tree?.type);
const key = (tree) => tree?.key ?? null;
const fits = (piece, tree) => piece && kind(piece.tree) === kind(tree) && key(piece.tree) === key(tree);
const isComponent = (tree) => typeof tree?.type === "function";
const roots = new WeakMap();

/** Make `parent` hold what `tree` describes, and nothing else. */
export function render(tree, parent) {
  let root = roots.get(parent);
  if (!root) {
    roots.set(parent, root = new Piece(null, null));
    root.dom = parent;
    root.svg = parent.namespaceURI === SVG;
    parent.replaceChildren();
  }
  change((pass) => follow(root, [drawable(tree)], pass));
}

/** One walk: first the nodes, then the order of children, then who is to be told. */
function change(walk) {
  const pass = { hosts: new Set(), late: [], told: [] };
  walk(pass);
  pass.hosts.forEach(arrange);
  for (const tell of [...pass.late, ...pass.told]) tell();
}

/** A tree drawn for the first time. */
function begun(tree, above, pass) {
  const piece = new Piece(tree, above);
  if (tree === null) return piece;
  if (typeof tree === "string") piece.dom = document.createTextNode(tree);
  else if (isComponent(tree)) {
    if (tree.type.prototype instanceof Component) {
      piece.own = new tree.type(tree.props);
      piece.own.props = tree.props;
      owners.set(piece.own, piece);
    }
    piece.kids = [begun(drawn(piece), piece, pass)];
    if (piece.own?.componentDidMount) pass.told.push(() => piece.own.componentDidMount());
  } else if (tree.type === Fragment) piece.kids = tree.children.map((each) => begun(each, piece, pass));
  else {
    const svg = piece.svg || tree.type === "svg";
    piece.svg = svg && tree.type !== "foreignObject";
    piece.dom = svg ? document.createElementNS(SVG, tree.type) : document.createElement(tree.type);
    piece.kids = tree.children.map((each) => begun(each, piece, pass));
    piece.dom.append(...domNodes(piece));
    setAll(piece.dom, {}, tree.props, pass);
  }
  return piece;
}

/** A piece goes on with another tree of its kind. */
function goOn(piece, tree, pass) {
  const old = piece.tree;
  if (old === tree) return;
  piece.tree = tree;
  if (typeof tree === "string") piece.dom.data = tree;
  else if (isComponent(tree)) redraw(piece, pass);
  else {
    follow(piece, tree.children, pass);
    if (tree.type !== Fragment) setAll(piece.dom, old.props, tree.props, pass);
  }
}

/** The pieces below a piece go on with these trees: those with a key with the tree of that key, the
 *  others in their order.  The rest are let go of, and what is missing begins. */
function follow(piece, trees, pass) {
  const old = piece.kids;
  if (old.length === trees.length && trees.every((tree, k) => fits(old[k], tree))) {
    trees.forEach((tree, k) => goOn(old[k], tree, pass));
    return;
  }
  const named = new Map(old.filter((kid) => key(kid.tree) !== null).map((kid) => [key(kid.tree), kid]));
  const nameless = old.filter((kid) => key(kid.tree) === null).values();
  const found = trees.map((tree) => {
    const kid = key(tree) === null ? nameless.next().value : named.get(key(tree));
    if (!fits(kid, tree)) return null;
    named.delete(key(tree)); // a key that stands twice goes on once
    return kid;
  });
  const kept = new Set(found);
  old.filter((kid) => !kept.has(kid)).forEach(letGo);
  piece.kids = trees.map((tree, k) => {
    if (!found[k]) return begun(tree, piece, pass);
    goOn(found[k], tree, pass);
    return found[k];
  });
  let host = piece;
  while (!host.dom) host = host.above;
  pass.hosts.add(host);
}

/** A piece leaves the page; who is above is told first. */
function letGo(piece) {
  if (piece.own) {
    piece.own.componentWillUnmount?.();
    owners.delete(piece.own);
    piece.pending = null;
  }
  piece.kids.forEach(letGo);
  if (piece.dom) forget(piece.tree.props?.ref, piece.dom);
}

// -- the order of children

/** The DOM nodes directly below a piece. */
function domNodes(piece, found = []) {
  for (const kid of piece.kids) kid.dom ? found.push(kid.dom) : domNodes(kid, found);
  return found;
}

/** Give an element the children of its piece, moving as few as can be and never the one with the
 *  focus, which would lose it; what is moved keeps how far it was scrolled. */
function arrange(host) {
  const { dom } = host;
  const wanted = domNodes(host);
  const here = new Set(wanted);
  for (const each of [...dom.childNodes]) if (!here.has(each)) each.remove();
  const place = new Map([...dom.childNodes].map((each, k) => [each, k]));
  const stays = inOrder(wanted.filter((each) => place.has(each)), place, dom);
  const scrolled = wanted.filter((each) => place.has(each) && !stays.has(each) && each.nodeType === 1)
    .flatMap((each) => [each, ...each.querySelectorAll("*")])
    .map((each) => [each, each.scrollLeft, each.scrollTop]).filter(([, left, top]) => left || top);
  wanted.reduceRight((after, each) => {
    if (!stays.has(each)) dom.insertBefore(each, after);
    return each;
  }, null);
  for (const [each, left, top] of scrolled) each.scrollTo({ left, top, behavior: "instant" });
}

/** The most nodes that can stay where they are: the longest run of rising places, around the node
 *  with the focus if there is one. */
function inOrder(nodes, place, dom) {
  const active = dom.contains(document.activeElement) ? document.activeElement : null;
  const centre = active && active !== dom ? nodes.findIndex((each) => each.contains(active)) : -1;
  const best = []; // best[n]: the end of a run of n + 1 nodes that ends at the lowest place
  nodes.forEach((node, k) => {
    const at = place.get(node);
    if (centre >= 0 && Math.sign(k - centre) !== Math.sign(at - place.get(nodes[centre]))) return;
    let low = 0;
    for (let high = best.length; low < high;) {
      const middle = (low + high) >> 1;
      if (place.get(best[middle].node) < at) low = middle + 1;
      else high = middle;
    }
    best[low] = { node, before: best[low - 1] };
  });
  const stays = new Set();
  for (let run = best.at(-1); run; run = run.before) stays.add(run.node);
  return stays;
}

// -- attributes and events

/** What an element is given; its value last, for it depends on min, max, and options. */
function setAll(dom, old, props, pass) {
  for (const name in old) if (!(name in props)) set(dom, name, old[name], undefined);
  for (const name in props) if (props[name] !== old[name]) set(dom, name, old[name], props[name]);
  if (!isField(dom)) return;
  if ("checked" in props && dom.checked !== Boolean(props.checked)) dom.checked = Boolean(props.checked);
  if (!("value" in props)) return;
  // options come into their places only at the end of the walk
  if (dom.localName === "select") pass.late.push(() => setValue(dom, old, props));
  else setValue(dom, old, props);
}

const isField = (dom) => ["input", "textarea", "select"].includes(dom.localName);

/** What is typed stays while it is typed, unless the page is told of every key: then it knows best. */
function setValue(dom, old, props) {
  const value = String(props.value ?? "");
  const typing = dom === document.activeElement && !props.onInput && dom.localName !== "select";
  if (dom.value !== value && !(typing && props.value === old.value)) dom.value = value;
}

function set(dom, name, old, value) {
  if (name === "ref") {
    forget(old, dom);
    if (value) value.current = dom;
  } else if (name === "style") setStyle(dom.style, old ?? {}, value ?? {});
  else if (/^on[A-Z]/.test(name)) hear(dom, name.slice(2).toLowerCase(), value);
  else if (isField(dom) && (name === "value" || name === "checked")) return; // see setAll
  else {
    const said = typeof value === "boolean" && /^(aria|data)-/.test(name) ? String(value) : value;
    if (said == null || said === false) dom.removeAttribute(name);
    else dom.setAttribute(name, said === true ? "" : said);
  }
}

/** By property, for the page's security policy forbids style attributes. */
function setStyle(style, old, value) {
  for (const name in old) if (!(name in value)) style[name] = "";
  for (const name in value) if (value[name] !== old[name]) style[name] = value[name] ?? "";
}

function forget(ref, dom) {
  if (ref?.current === dom) ref.current = null;
}

const heard = new WeakMap(); // an element → its handlers by type of event

/** An element has one listener for a type, which calls the handler that it has by then. */
function hear(dom, type, handler) {
  if (!heard.has(dom)) heard.set(dom, new Map());
  const handlers = heard.get(dom);
  if (typeof handler !== "function") {
    handlers.delete(type);
    dom.removeEventListener(type, dispatch);
  } else {
    if (!handlers.has(type)) dom.addEventListener(type, dispatch);
    handlers.set(type, handler);
  }
}

function dispatch(event) {
  heard.get(event.currentTarget)?.get(event.type)?.call(event.currentTarget, event);
}

// -- components

const owners = new WeakMap(); // a component that is on the page → its piece
const waiting = new Set(); // nodes whose components have new values

/** What remembers something between two drawings.  May have render(props, state),
 *  shouldComponentUpdate(props, state), componentDidMount(), componentDidUpdate(props, state as
 *  they were) and componentWillUnmount(). */
export class Component {
  props = {};
  state = {};

  /** Merge values into the state and draw soon, once for all that is set until then. */
  setState(values) {
    const piece = owners.get(this);
    if (!piece) {
      this.state = { ...this.state, ...values };
      return;
    }
    piece.pending = { ...piece.pending, ...values };
    if (!waiting.size) queueMicrotask(drawWaiting);
    waiting.add(piece);
  }
}

/** A reference: as `ref` of an element it holds that element in `current`. */
export function createRef() {
  return { current: null };
}

function drawWaiting() {
  const due = [...waiting].sort((a, b) => a.depth - b.depth);
  waiting.clear();
  // who is above may have drawn who is below already, or let go of it
  change((pass) => due.forEach((piece) => piece.pending && redraw(piece, pass)));
}

function drawn({ tree, own }) {
  return drawable(own ? own.render(own.props, own.state) : tree.type(tree.props));
}

function redraw(piece, pass) {
  const { own, tree } = piece;
  if (own) {
    const [props, state] = [own.props, own.state];
    const next = piece.pending ? { ...state, ...piece.pending } : state;
    piece.pending = null;
    const same = own.shouldComponentUpdate?.(tree.props, next) === false;
    own.props = tree.props;
    own.state = next;
    if (same) return;
    follow(piece, [drawn(piece)], pass);
    if (own.componentDidUpdate) pass.told.push(() => own.componentDidUpdate(props, state));
  } else follow(piece, [drawn(piece)], pass);
}
