"""Amendments (修订) applied to a base edition, clause by clause.

References in an amendment name clauses as they stand in the base edition (or as the amendment
itself inserts them), and a place beside a clause means: beside it, wherever it ends up.  So the
order of the operations does not matter, only that several clauses put into one place follow
each other as written.

Each operation leaves *footprints*: what it touches.  Two operations whose footprints meet
(:func:`~policydsl.model.footprints.meets`) cannot both be carried out; of one amendment that is an
error, of two drafts a conflict.

The consolidated edition is an ordinary document.  Where the base itself names clauses (得分（…）,
职责, 示例), the names follow renamed, renumbered and moved clauses.

What an operation does to a body:

* ``修改 X { … }`` puts the statements of the new body in the place of the old ones.  Facts and
  measures that the old body declares stay, unless the new one declares them anew; ``{ }`` clears
  them too.  Clauses inside X stay, unless the new body has clauses: then these replace them, and
  one of the same name carries the old one on.
* ``将 A 改为 B`` replaces a figure that occurs exactly once in the clause (clauses inside it and
  examples left aside).  Several are carried out at once, so two figures can change places.
* attributes replace those of their kind, 去除 takes one away; 理由, 施行, 失效, 过渡 and 推定
  outside the braces speak of the change itself.
* 事实, 计量, 期限, 职责, 示例 and 不计 replace the one of the same name, or are added.
"""
