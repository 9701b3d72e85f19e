"""How the page is drawn: templates, and a change of what is drawn as the least change of the page."""

from __future__ import annotations

import random
from typing import Any

import pytest

SETUP = """
  const { Component, Fragment, createRef, html, render } = await import('/static/trees.js');
  document.body.replaceChildren();
  const box = document.body.appendChild(document.createElement('div'));
  const find = (selector) => box.querySelector(selector);
  const soon = () => new Promise((done) => setTimeout(done));
"""


def run(tab: Any, code: str, given: Any = None) -> Any:
    """What a piece of code gives in the empty page; ``box`` is where it draws."""
    return tab.evaluate(f"async (given) => {{ {SETUP} {code} }}", given)


def told(tab: Any, code: str) -> list[str]:
    """What a piece of code writes down in ``log``."""
    found = run(tab, f"const log = []; {code}; return log;")
    assert isinstance(found, list)
    return found


class TestTemplates:
    @pytest.mark.parametrize(
        ("template", "drawn"),
        [
            ("<p>甲${1}乙</p>", "<p>甲1乙</p>"),
            ("<p class='a ${'b'} ${null}c' hidden data-x=${0}>x</p>",
             '<p class="a b c" hidden="" data-x="0">x</p>'),
            ("<input disabled=${false} required/><br />甲", '<input required=""><br>甲'),
            ("<p aria-hidden=${false} title=${null} lang=${undefined} />",
             '<p aria-hidden="false"></p>'),
            ("<p ...${{ id: 'a', class: 'b' }} class='c' />", '<p id="a" class="c"></p>'),
            ("<p>\n  甲 ${'乙'}\n  <b>丙</b> 丁\n  戊\n</p>", "<p>甲 乙<b>丙</b> 丁 戊</p>"),
            ("${null}${false}${true}${undefined}${0}${''}", "0"),
            ("${[1, [html`<i>2</i>`, null], 3]}", "1<i>2</i>3"),
            ("<${Fragment}><b /><i /><//>", "<b></b><i></i>"),
            ("<p title='a > b' x=y>1 ≥ 0</p>", '<p title="a &gt; b" x="y">1 ≥ 0</p>'),
            ("<${(props) => html`<p lang=${props.lang}>${props.children}</p>`} lang=zh>甲<b/><//>",
             '<p lang="zh">甲<b></b></p>'),
        ],
    )  # fmt: skip
    def test_what_is_written_is_drawn(self, tab: Any, template: str, drawn: str) -> None:
        assert run(tab, f"render(html`{template}`, box); return box.innerHTML;") == drawn

    @pytest.mark.parametrize(
        "template", ["<p>", "</p>", "<p></b>", "<p", "<>x</>", "<p ${'a'}=1 />", "<p a='>"]
    )
    def test_a_slip_of_the_pen_is_told(self, tab: Any, template: str) -> None:
        code = f"try {{ html`{template}` }} catch (error) {{ return error.name }}"
        assert run(tab, code) == "SyntaxError"

    def test_a_text_is_never_markup_and_never_a_tag(self, tab: Any) -> None:
        text = "<script>document.title='坏了'</script><img src=x onerror=alert(1)>&amp;\0"
        code = """
          render(html`<p title=${given}>${given}</p>`, box);
          let refused = false;
          try { html`<${'script'}>1<//>` } catch { refused = true }
          return [box.textContent, find('p').title, box.querySelectorAll('*').length, refused];"""
        assert run(tab, code, text) == [text, text, 1, True]

    def test_data_are_no_trees(self, tab: Any) -> None:
        """An object of an answer that looks like a tree draws nothing."""
        code = "render(html`<p>${given}</p>`, box); return box.innerHTML;"
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        like: dict[str, Any] = {"type": "script", "props": {}, "children": ["1"], "key": None}
        assert run(tab, code, like) == "<p></p>"
        assert len(said) == 1

    def test_parts_without_holes_are_made_once(self, tab: Any) -> None:
        code = """
          const made = (x) => html`<p><b>same</b>${x}</p>`;
          const [a, b] = [made(1), made(2)];
          return [a.children[0] === b.children[0], a === b];"""
        assert run(tab, code) == [True, False]

    def test_svg_and_html_within_it(self, tab: Any) -> None:
        code = """
          const Dot = ({ x }) => html`<circle cx=${x} />`;
          render(html`<svg viewBox="0 0 9 9"><g><${Dot} x=${3} /></g>
            <foreignObject><p>甲</p></foreignObject></svg><p />`, box);
          return [...box.querySelectorAll('*')].map((e) => e.namespaceURI.slice(-5)).join(' ')
            + ' ' + find('svg').hasAttribute('viewBox');"""
        assert run(tab, code) == "0/svg 0/svg 0/svg 0/svg xhtml xhtml true"


def grown(drawn: random.Random, depth: int = 0) -> Any:
    """A random tree as data: a text, nothing, a list, an element, or a component."""
    sort = drawn.choice(["text", "none", "list", "element", "element", "element", "component"])
    if sort == "none":
        return None
    if sort == "text" or depth > 3:
        return drawn.choice(["甲", "乙", "", "丙丁"])
    below = [grown(drawn, depth + 1) for _ in range(drawn.randint(0, 4))]
    if sort == "list":
        keys = drawn.sample(range(9), drawn.randint(0, 7))
        marked = [made(drawn, key, [grown(drawn, depth + 2)]) for key in keys]
        return [*below, *marked] if drawn.random() < 0.3 else marked
    return made(drawn, None, below, sort)


def made(drawn: random.Random, key: int | None, below: list[Any], sort: str = "element") -> Any:
    """An element or component with a random tag and attributes."""
    names = ["class", "title", "data-a", "aria-busy", "hidden", "value", "checked", "style"]
    values: dict[str, list[Any]] = {
        "hidden": [True, False, None], "checked": [True, False], "aria-busy": [True, False, None],
        "style": [{"width": "3px"}, {"width": "4px", "color": "red"}, {}],
        "value": ["1", "2", 3],
    }  # fmt: skip
    tag = drawn.choice(["p", "b", "input", "svg", "select"]) if sort == "element" else "Same"
    chosen = drawn.sample(names, drawn.randint(0, 3))
    props = {name: drawn.choice(values.get(name, ["甲", "乙", None])) for name in chosen}
    if tag in ("input", "select"):
        below = []
        props = {"value": "", "checked": False, **props} if tag == "input" else {}
    return {"tag": tag, "key": key, "props": props, "below": below}


FROM_DATA = """
  const Same = ({ children }) => children ?? null;
  class Kept extends Component { render({ children }) { return html`<u>${children}</u>`; } }
  const tags = { p: (p, c) => html`<p ...${p}>${c}</p>`, b: (p, c) => html`<b ...${p}>${c}</b>`,
    input: (p) => html`<input ...${p} />`, svg: (p, c) => html`<svg ...${p}><g>${c}</g></svg>`,
    select: (p) => html`<select ...${p}><option>1</option></select>`,
    Same: (p, c) => (c.length % 2 ? html`<${Kept} ...${p}>${c}<//>` : html`<${Same} ...${p}>${c}<//>`) };
  const tree = (data) => Array.isArray(data) ? data.map(tree) : data?.tag
    ? tags[data.tag]({ ...data.props, key: data.key }, data.below.map(tree)) : data;
  const seen = (node) => node.nodeType === 3 ? node.data : [node.namespaceURI, node.localName,
    [...node.attributes].filter((a) => a.value !== '' || a.name !== 'style').map((a) => `${a.name}=${a.value}`).sort(),
    node.value, node.checked, [...node.childNodes].map(seen)];
  const of = (data) => { const fresh = document.createElement('div'); render(html`${tree(data)}`, fresh); return fresh; };
"""


class TestLaw:
    def test_what_was_there_before_leaves_no_trace(self, tab: Any) -> None:
        """Drawing a, b, c… over each other shows the same as drawing each afresh."""
        drawn = random.Random(20)
        for _ in range(60):
            trees = [grown(drawn) for _ in range(6)]
            code = (
                FROM_DATA
                + """
              return given.every((data) => {
                render(html`${tree(data)}`, box);
                return JSON.stringify(seen(box)) === JSON.stringify(seen(of(data)));
              });"""
            )
            assert run(tab, code, trees), trees

    def test_what_has_a_key_stays_itself_with_focus_text_and_scroll(self, tab: Any) -> None:
        drawn = random.Random(21)
        for _ in range(60):
            orders = [drawn.sample(range(12), drawn.randint(1, 12)) for _ in range(2)]
            both = sorted(set(orders[0]) & set(orders[1]))
            if not both:
                continue
            code = """
              const list = (keys) => html`<ul>${keys.map((k) => html`
                <li key=${k} id="k${k}"><input onChange=${() => {}} value="x" /><div class="deep"><p /></div></li>`)}</ul>`;
              const [before, after, focused, both] = given;
              render(list(before), box);
              for (const deep of box.querySelectorAll('.deep')) {
                deep.style.cssText = 'height:20px;overflow:auto';
                deep.firstChild.style.height = '900px';
                deep.scrollTop = 77;
              }
              const was = both.map((k) => find(`#k${k}`));
              const input = find(`#k${focused} input`);
              input.focus();
              input.value = '写到一半';
              input.setSelectionRange(1, 2);
              let blurs = 0;
              input.addEventListener('blur', () => { blurs += 1; });
              render(list(after), box);
              return [
                [...box.querySelectorAll('li')].map((e) => Number(e.id.slice(1))),
                both.every((k, n) => find(`#k${k}`) === was[n]),
                document.activeElement === input, blurs, input.value, input.selectionStart, input.selectionEnd,
                was.every((e) => e.querySelector('.deep').scrollTop === 77),
              ];"""
            found = run(tab, code, [*orders, drawn.choice(both), both])
            assert found == [orders[1], True, True, 0, "写到一半", 1, 2, True], orders

    def test_as_few_as_can_be_are_moved(self, tab: Any) -> None:
        code = """
          const list = (keys) => html`<ul>${keys.map((k) => html`<li key=${k}>${k}</li>`)}</ul>`;
          render(list([1, 2, 3, 4, 5, 6]), box);
          const moved = new MutationObserver(() => {});
          moved.observe(find('ul'), { childList: true });
          render(list([6, 1, 2, 3, 4, 5]), box);
          const first = moved.takeRecords().flatMap((r) => [...r.addedNodes].map((n) => n.textContent));
          render(list([6, 1, 2, 3, 4, 5]), box);
          return [first, moved.takeRecords().length];"""
        assert run(tab, code) == [["6"], 0]

    def test_a_key_that_stands_twice_loses_nobody(self, tab: Any) -> None:
        code = """
          const list = (keys) => html`<ul>${keys.map((k) => html`<li key=${k}>${k}</li>`)}</ul>`;
          const seen = [];
          for (const keys of [[1, 1, 2], [2, 1, 1, 1], [1], [2, 2]]) {
            render(list(keys), box);
            seen.push([...box.querySelectorAll('li')].map((e) => Number(e.textContent)));
          }
          return seen;"""
        assert run(tab, code) == [[1, 1, 2], [2, 1, 1, 1], [1], [2, 2]]


class TestFields:
    def test_what_the_page_says_stands_in_the_field(self, tab: Any) -> None:
        code = """
          const draw = (value, on) => render(html`<input id="a" value=${value} onInput=${on} />
            <input id="b" type="checkbox" checked=${value === '2'} /><textarea value=${value} />
            <select value=${value}>${['1', '2', value].map((x) => html`<option value=${x}>${x}</option>`)}</select>
            <input id="c" type="range" value=${value * 100} min="0" max=${value * 200} />`, box);
          const seen = () => [find('#a').value, find('#b').checked, find('textarea').value, find('select').value, find('#c').value];
          draw('1', () => {});
          const first = seen();
          find('#a').value = '改'; find('#b').checked = true; find('textarea').value = '改';
          find('select').value = '2'; find('#c').value = 7;
          draw('1', () => {});
          const again = seen();
          draw('9', () => {});
          return [first, again, seen()];"""
        first = ["1", False, "1", "1", "100"]
        assert run(tab, code) == [first, first, ["9", False, "9", "9", "900"]]

    def test_the_caret_stays_where_the_text_is_the_same(self, tab: Any) -> None:
        code = """
          const draw = (value) => render(html`<textarea value=${value} onInput=${() => {}} />`, box);
          draw('一二三');
          const area = find('textarea');
          area.focus();
          area.value = '一二三四';
          area.setSelectionRange(2, 2);
          draw('一二三四');
          return area.selectionStart;"""
        assert run(tab, code) == 2

    def test_a_field_that_is_read_when_it_is_left_keeps_what_is_being_typed(self, tab: Any) -> None:
        code = """
          const draw = (value) => render(html`<input value=${value} onChange=${() => {}} />`, box);
          draw('1');
          const field = find('input');
          field.focus(); field.value = '12';
          draw('1');
          const typing = field.value;
          field.blur();
          draw('1');
          return [typing, field.value];"""
        assert run(tab, code) == ["12", "1"]

    def test_styles_are_set_though_the_policy_forbids_style_attributes(self, tab: Any) -> None:
        code = """
          const draw = (style) => { render(html`<p style=${style} />`, box); return find('p').style.cssText; };
          return [draw({ width: '3px', flexGrow: 0.5 }), draw({ width: '4px' }), draw(null)];"""
        assert run(tab, code) == ["width: 3px; flex-grow: 0.5;", "width: 4px;", ""]


class TestEvents:
    def test_handlers_are_replaced_and_removed(self, tab: Any) -> None:
        code = """
          const real = { ...Object.getOwnPropertyDescriptors(EventTarget.prototype) };
          const calls = { addEventListener: 0, removeEventListener: 0 };
          for (const name in calls) EventTarget.prototype[name] = function (...given) {
            if (this.localName === 'button') calls[name] += 1;
            return real[name].value.apply(this, given);
          };
          const draw = (on) => render(html`<p onClick=${() => log.push('above')}><button onClick=${on} /></p>`, box);
          draw(() => log.push('first'));
          const button = find('button');
          button.click();
          draw(() => log.push('second')); button.click();
          draw(null); button.click();
          log.push(JSON.stringify(calls));
          draw((event) => { log.push(event.type, event.currentTarget === button); event.stopPropagation(); });
          button.click();
          for (const name in calls) EventTarget.prototype[name] = real[name].value;
          """
        calls = '{"addEventListener":1,"removeEventListener":1}'
        assert told(tab, code) == [
            "first", "above", "second", "above", "above", calls, "click", True,
        ]  # fmt: skip

    def test_a_text_is_no_handler(self, tab: Any) -> None:
        code = "render(html`<button onClick=${'document.title=1'} />`, box); find('button').click(); return [box.innerHTML, document.title];"
        assert run(tab, code) == ["<button></button>", ""]


class TestComponents:
    def test_the_life_of_a_component(self, tab: Any) -> None:
        code = """
          class Kid extends Component {
            componentDidMount() { log.push(`mounted ${this.props.n} ${find('i')?.textContent}`); }
            componentDidUpdate(before, was) { log.push(`updated ${before.n}→${this.props.n} ${was.x ?? ''}→${this.state.x ?? ''} ${find('i').textContent}`); }
            shouldComponentUpdate(next, state) { return next.n !== 13; }
            componentWillUnmount() { log.push(`leaves ${find('i').textContent}`); }
            render({ n }, { x }) { return html`<i>${n}${x}</i>`; }
          }
          class Parent extends Component {
            componentDidMount() { log.push('parent mounted'); }
            componentDidUpdate() { log.push('parent updated'); }
            componentWillUnmount() { log.push('parent leaves'); }
            render({ n }) { return html`<b><${Kid} n=${n} /></b>`; }
          }
          for (const n of [1, 2, 13]) render(html`<${Parent} n=${n} />`, box);
          log.push(box.textContent);
          render(null, box);
          log.push(box.childNodes.length);"""
        assert told(tab, code) == [
            "mounted 1 1", "parent mounted",
            "updated 1→2 → 2", "parent updated", "parent updated", "2",
            "parent leaves", "leaves 2", 0,
        ]  # fmt: skip

    def test_values_set_in_a_row_draw_once(self, tab: Any) -> None:
        code = """
          let it, kid;
          class Kid extends Component { render() { kid = this; log.push('kid'); return html`<i />`; } }
          class One extends Component {
            constructor() { super(); it = this; this.state = { a: 1, b: 1 }; }
            render(props, { a, b }) { log.push(`${a}${b}`); return html`<p>${a}${b}<${Kid} /></p>`; }
          }
          render(html`<${One} />`, box);
          it.setState({ a: 2 }); kid.setState({ x: 1 }); it.setState({ b: 3 }); it.setState({ a: 4 });
          log.push(box.textContent);
          await soon();
          log.push(box.textContent);
          it.setState({ a: 5 });
          render(html`<${One} />`, box);  // takes what is waiting along
          await soon();
          render(null, box);
          it.setState({ a: 6 });
          await soon();"""
        assert told(tab, code) == ["11", "kid", "11", "43", "kid", "43", "53", "kid"]

    def test_a_component_that_draws_nothing_or_several_finds_its_place_again(
        self, tab: Any
    ) -> None:
        code = """
          let it;
          class Some extends Component {
            constructor() { super(); it = this; this.state = { n: 0 }; }
            render(props, { n }) { return n ? Array.from({ length: n }, (_, k) => html`<i key=${k}>${k}</i>`) : null; }
          }
          const Through = () => html`<${Some} />`;
          render(html`<b>前</b><${Through} /><b>后</b>`, box);
          for (const n of [0, 2, 0, 3, 1]) { it.setState({ n }); await soon(); log.push(box.textContent); }"""
        assert told(tab, code) == ["前后", "前01后", "前后", "前012后", "前0后"]

    def test_another_key_is_another_component(self, tab: Any) -> None:
        code = """
          class One extends Component {
            componentDidMount() { log.push(`+${this.props.name}`); }
            componentWillUnmount() { log.push(`-${this.props.name}`); }
            render({ name }) { return name; }
          }
          for (const name of ['甲', '甲', '乙']) render(html`<p><${One} key=${name} name=${name} /></p>`, box);"""
        assert told(tab, code) == ["+甲", "-甲", "+乙"]

    def test_references(self, tab: Any) -> None:
        code = """
          const [a, b] = [createRef(), createRef()];
          const draw = (tree) => { render(tree, box); log.push(`${a.current?.localName} ${b.current?.localName}`); };
          draw(html`<p ref=${a} />`);
          draw(html`<p ref=${b} />`);
          draw(html`<i ref=${b} />`);
          draw(html`<i /><u ref=${a} />`);
          draw(null);"""
        assert told(tab, code) == [
            "p undefined", "undefined p", "undefined i", "u undefined", "undefined undefined",
        ]  # fmt: skip
