"""Facts as the ledger may meet them."""

from hypothesis import strategies as st

from app.ledger.rules import LARGEST, Fact, Kind

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
numbers = st.binary(min_size=32, max_size=32)
months = st.builds("20{:02}-{:02}".format, st.integers(0, 99), st.integers(1, 12))
facts = st.builds(
    Fact,
    kind=st.sampled_from(Kind),
    reference=st.uuids(),
    group=words,
    month=months,
    area=words,
    quantity=st.integers(1, LARGEST),
    unit=words,
    giver=numbers,
    receiver=numbers,
)
