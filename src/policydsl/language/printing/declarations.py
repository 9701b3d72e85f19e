"""What clauses and documents state besides rules: attributes, facts, scenes, duties."""

from __future__ import annotations

from policydsl.language import nodes as n
from policydsl.language.printing.neighbours import SUM
from policydsl.language.printing.rules import RulePrinter
from policydsl.language.printing.terminals import firsts
from policydsl.language.printing.words import joined


class DeclarationPrinter(RulePrinter):
    """Writes statements that have no block of their own."""

    # -- attributes

    def attribute(self, node: n.Attribute) -> str:
        """A statement of a clause or document about itself, on one line unless it is 原文."""
        return joined(self._attribute_pieces(node))

    def _attribute_pieces(self, node: n.Attribute) -> list[str]:
        # The further texts of 校读 and 免查 have a keyword before them, those of others none.
        keys = {"READING": ("READ_AS", "REASON"), "WAIVE": ("REASON",)}.get(node.key, ())
        heads = [*(f"{self.word(key)} " for key in keys), *([""] * len(node.extra))]
        first = f"{self.word(node.key)} {self._attribute_value(node)}"
        texts = zip(heads, node.extra, strict=False)
        return [first, *(head + self.text(text) for head, text in texts)]

    def _attribute_value(self, node: n.Attribute) -> str:
        match node.value:
            case n.TextValue(value=text):
                return self._long_text(text) if node.key == "FULL_TEXT" else self.text(text)
            case n.Name(text=name):
                return self._entity(name) if node.key == "ENTITY" else self.name(name)
            case n.FixedAmount() | n.ComputedAmount() | n.OpenAmount() as amount:
                return self.amount(amount)
            case n.When() as when:
                return self._when(when)
            case n.Rounding() as rounding:
                return self._modifier(rounding)
            case tuple() as items:
                return "、".join(self._item(item) for item in items)
            case "full":
                return self.word("FULL_MARKS")
            case None:
                return self.word("OPEN")
            case str():
                raise ValueError(f"{node.key} cannot be {node.value!r}")
            case _:
                return self.expression(node.value)

    def _item(self, item: n.Name | n.TextValue) -> str:
        return self.name(item.text) if isinstance(item, n.Name) else self.text(item.value)

    def _when(self, node: n.When) -> str:
        if node.date is not None:
            return self.date(node.date)
        if node.after is not None:
            return f"{self.word('AFTER_PUBLICATION')} {self.number(node.after)}"
        if node.event is not None:
            return self.text(node.event)
        return self.word("OPEN")

    # -- facts, measures, scenes, procedure

    def _fact_pieces(self, node: n.Fact) -> list[str]:
        head = f"{self.word('FACT')} {self.name(node.name.text)}{self.marks.colon}"
        head += self._fact_type(node.type)
        if node.derived is not None:
            head += f" = {self.expression(node.derived)}"
        return self._listed([head, *map(self._fact_option, node.options)])

    def _fact_type(self, node: n.FactType) -> str:
        word = self.word(node.word)
        if node.word == "CHOICE":
            return f"{word} {{ {self.names(node.values)} }}"
        if node.word == "ORDERED":
            return f"{word} {{ {' < '.join(self.name(one.text) for one in node.values)} }}"
        if node.unit is None:
            return word
        return word + self._bracketed(self.unit(node.unit, node.unit_written))

    def _fact_option(self, node: n.FactOption) -> str:
        match node.key:
            case "RANGE":
                low = self.expression(node.value) if isinstance(node.value, n.Number) else None
                high = None if node.high is None else self.number(node.high)
                if low is not None and high is not None:
                    bounds = f"{low} {self.word('TO')} {high}"
                elif low is not None:
                    bounds = f"{low} {self.word('OR_MORE')}"
                elif high is not None:
                    bounds = f"{high} {self.word('OR_LESS')}"
                else:
                    raise ValueError("范围 needs a bound")
                return f"{self.word('RANGE')} {bounds}"
            case "REQUIRED" | "NO_EVIDENCE":
                return self._words("MISSING", node.key)
        head = f"{self.word('MISSING')} " if node.key == "TREATED_AS" else ""
        head += self.word(node.key)
        match node.value:
            case str():
                return f"{head} {self.text(node.value)}"
            case n.Name():
                name = node.value.text
                return f"{head} {self._entity(name) if node.key == 'ENTITY' else self.name(name)}"
            case None:
                raise ValueError(f"the option {node.key} of a fact needs a value")
            case _:
                return f"{head} {self.expression(node.value)}"

    def _measure(self, node: n.Measure) -> str:
        text = f"{self.word('MEASURE')} {self.name(node.name)}"
        if node.equals is not None:
            text += f" = {self.number(node.equals)}"
        if node.english is not None:
            text += f" {self.word('ENGLISH')} {self.text(node.english)}"
        return text

    def _ranking_pieces(self, node: n.Ranking) -> list[str]:
        keys = [self._ranking_key(key) for key in node.keys]
        if node.open_ended:
            keys.append(self._words("THEREAFTER", "OPEN"))
        if not keys:
            raise ValueError("排序 needs a key")
        return self._listed([f"{self.word('RANKING')} {keys[0]}", *keys[1:]])

    def _ranking_key(self, node: n.RankingKey) -> str:
        return f"{self.expression(node.expression, SUM)} {self.word(node.order)}"

    def _quota(self, node: n.Quota) -> str:
        if node.number is not None:
            return f"{self.word('QUOTA')} {self.number(node.number)}"
        if node.set_by is not None:
            return f"{self._words('QUOTA', 'SET_BY')} {self.name(node.set_by.text)}"
        return self._words("QUOTA", "OPEN")

    def _deadline_pieces(self, node: n.Deadline) -> list[str]:
        name = self.name(node.name.text, firsts("deadline_name"))
        head = f"{self.word('DEADLINE')} {name} "
        if node.word is not None:
            head += f"{self.compare_word(node.word)} "
        if node.number is not None:
            head += self.number(node.number)
        else:
            head += self.word("OPEN") if node.date is None else self.date(node.date)
        text = [] if node.text is None else [self.text(node.text)]
        return [head, *text, *map(self._note, node.notes)]

    def _duty_pieces(self, node: n.Duty) -> list[str]:
        head = f"{self.word('DUTY')} {self.name(node.unit.text)}"
        text = [] if node.text is None else [self.text(node.text)]
        parts = map(self._duty_part, node.parts)
        return [head, *text, *parts, *map(self._note, node.notes)]

    def _duty_part(self, node: n.DutyPart) -> str:
        return f"{self.word(node.word)} {'、'.join(map(self._item, node.items))}"
