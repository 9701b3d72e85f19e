"""Packages of random policies: every document is written, and numbers lead to their clauses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.drafting.drafting_cases import written
from tests.scoring.strategies import drafts

from policydsl.drafting.changes import titled
from policydsl.drafting.docxwriter import write_docx
from policydsl.drafting.drafttext import Options, draft_text
from policydsl.drafting.grids import document_texts
from policydsl.drafting.htmlwriter import write_html
from policydsl.drafting.package import Wanted, make_package
from policydsl.drafting.placing import Places


@settings(
    max_examples=6,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(st.data())
def test_a_package_of_any_two_policies(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    folder = tmp_path_factory.mktemp("random")
    new: Path = written(folder / "new.policy", data.draw(drafts()).text)
    old: Path = written(folder / "old.policy", data.draw(drafts()).text)
    made = make_package(str(new), Wanted(base=str(old), issued=date(2023, 4, 3)))
    for document in made.documents.values():
        assert write_docx(document)
        assert write_html(document)
    assert made.diff is not None
    older = made.diff.older
    data_ = write_docx(made.documents["修订标记稿"])
    assert document_texts(data_, reject=True) == [
        p.text for p in titled(older, draft_text(older, Options()))
    ]
    places = Places(made.policy)
    for numbers, key in places.numbers.items():
        assert places.place(".".join(map(str, numbers)) + ".").key == key
