"""What is found where confirmed stages contradict each other, and what is not."""

import pytest

from tests.support.books import CHARACTERS, CONCEPT, PLOT, STORY, WORLD, Book, chapter, person, place


def renamed(old: str, new: str, summary: str, *others: str) -> Book:
    """A plot with one chapter, and a person in it who is called otherwise then."""
    cast = [person("p1", old), *(person(f"o{n}", name) for n, name in enumerate(others))]
    book = Book(characters={"characters": cast}, plot={"chapters": [chapter(summary)]})
    book.rename(old, new)
    return book


def test_a_book_that_nobody_renamed_has_no_contradictions() -> None:
    assert Book().found == ()


def test_a_rename_is_looked_for_in_the_other_stages_and_its_own() -> None:
    book = Book(
        concept={"hook": "Mara Venn waits. The sea does not."},
        story={"premise_sentence": "Mara bargains with the sea."},
        characters={"characters": [person("mara", "Mara Venn"), person("tom", "Tom Hale", want="To marry Mara.")]},
    )
    book.rename("Mara Venn", "Ada Venn")
    assert [(one.stage, one.path, one.proposed) for one in book.found] == [
        (CONCEPT, "/hook", "Ada Venn waits."),
        (STORY, "/premise_sentence", "Ada bargains with the sea."),
        (CHARACTERS, "/characters/tom/want", "To marry Ada."),
        (PLOT, "/chapters/0/summary", "Ada lights the lamp alone."),
    ]
    assert {one.kind for one in book.found} == {"old_name"}
    assert {one.source for one in book.found} == {CHARACTERS}
    assert book.found[0].names == (("Mara Venn", "Ada Venn"),)
    assert book.found[0].value == "Ada Venn waits. The sea does not."


@pytest.mark.parametrize(
    ("old", "new", "text", "proposed"),
    [
        ("Mara Venn", "Ada Venn", "Mara's lamp, and Mara’s.", "Ada's lamp, and Ada’s."),
        ("James Hale", "Ada Hale", "It is James’ boat.", "It is Ada’s boat."),
        ("Ada Hale", "James Hale", "It is Ada’s boat.", "It is James’s boat."),
        ("James Hale", "Ada Hale", "He is called 'James'.", "He is called 'Ada'."),
        ("Mara Venn", "Mara Holt", "Captain Venn and Mara Venn.", "Captain Holt and Mara Holt."),
        ("Mara", "Ada Lund", "Then Mara left.", "Then Ada left."),
        ("Mara Venn", "Ada", "Mara Venn left; Mara sang.", "Ada left; Ada sang."),
        ("Dr. Mara Venn", "Dr. Ada Venn", "Here Mara spoke with Dr. Mara Venn.", "Here Ada spoke with Dr. Ada Venn."),
        ("Zoë", "Chloë", "Then Zoë left.", "Then Chloë left."),
        ("Анна Орлова", "Вера Орлова", "Анна ушла.", "Вера ушла."),
        ("민수", "지훈", "민수는 떠났다.", "지훈는 떠났다."),
        ("高晓明", "高明亮", "高晓明说，高晓明走了。", "高明亮说，高明亮走了。"),
        ("玛拉·林德", "艾达·林德", "玛拉走了。", "艾达走了。"),
        ("Mara", "Ada", "在灯塔里Mara说话。", "在灯塔里Ada说话。"),
    ],
)
def test_names_are_replaced_as_readers_read_them(old: str, new: str, text: str, proposed: str) -> None:
    assert renamed(old, new, text).proposed() == [proposed]


@pytest.mark.parametrize(
    ("old", "new", "text", "others"),
    [
        ("Ann", "Eve", "Then Anna left.", ()),
        ("Ann", "Eve", "Then Ann-Marie left.", ()),
        ("Hara", "Eve", "Then O'Hara left.", ()),
        ("Mara Venn", "Ada Venn", "Then Mara left.", ("Mara Holt",)),
        ("Mara Venn", "Mara Holt", "The Venn house.", ("Tom Venn",)),
        ("Will", "Tom", "She will leave, at will.", ()),
        ("Mara", "Mara Venn", "Then Mara left.", ()),
        ("Mara Venn", "Ada Venn", "MARA and mara.", ()),
        ("林德", "高明", "林德生走了。", ("林德生",)),
        ("A.*", "B", "Anything at all.", ()),
        ("(", "[", "Left [ alone.", ()),
    ],
)
def test_a_name_that_is_part_of_another_or_only_a_word_is_none(
    old: str, new: str, text: str, others: tuple[str, ...]
) -> None:
    assert renamed(old, new, text, *others).found == ()


def test_a_name_that_is_a_regular_expression_is_only_a_name() -> None:
    assert renamed("M.r* (a)", "Ada", "Then M.r* (a) left; Mara stayed.").proposed() == ["Then Ada left; Mara stayed."]


@pytest.mark.parametrize("text", ["Will leaves.", "It ends. Rose petals fall.", "“Hope is gone,” he said."])
def test_a_name_that_is_also_a_word_is_said_and_not_replaced_where_a_sentence_begins(text: str) -> None:
    old = next(name for name in ("Will", "Rose", "Hope") if name in text)
    (one,) = renamed(old, "Ada", text).found
    assert (one.kind, one.proposed, one.value) == ("ambiguous_name", None, None)
    assert old in one.sentence


def test_a_name_is_doubtful_where_its_word_stands_in_the_book_and_sure_within_a_sentence() -> None:
    (one,) = renamed("Quill", "Ada", "Quill writes with a quill. Then Quill sleeps.").found
    assert one.proposed == "Quill writes with a quill. Then Ada sleeps."
    assert one.unsure


def test_in_a_title_every_word_has_a_capital() -> None:
    book = Book(
        story={"working_title": "The Last Will of Venn"},
        characters={"characters": [person("p", "Will Venn")]},
        plot={"chapters": [chapter("So Will left.")]},
    )
    book.rename("Will Venn", "Tom Venn")
    assert [(one.stage, one.proposed) for one in book.found] == [(STORY, None), (PLOT, "So Tom left.")]


def test_a_single_character_and_a_common_word_are_said_once_and_never_replaced() -> None:
    book = renamed("白", "黑", "雪很白，白天也白。")
    (one,) = book.found
    assert (one.kind, one.path, one.names) == ("ambiguous_name", "/characters/p1/name", (("白", "黑"),))
    assert one.proposed is None


def test_two_people_who_exchange_their_names_are_said_once() -> None:
    book = Book(
        characters={"characters": [person("a", "Ada"), person("b", "Bea")]},
        plot={"chapters": [chapter("Ada meets Bea.")]},
    )
    book.change(CHARACTERS, characters=[person("a", "Bea"), person("b", "Ada")])
    (one,) = book.found
    assert (one.kind, one.stage, one.proposed) == ("ambiguous_name", CHARACTERS, None)
    assert set(one.names) == {("Ada", "Bea"), ("Bea", "Ada")}


def test_a_rename_that_is_taken_back_contradicts_what_was_written_between() -> None:
    book = renamed("Mara", "Ada", "Then Mara left.")
    book.rename("Ada", "Mara")
    assert book.found == ()
    book.change(STORY, premise_sentence="So Ada bargains.")
    assert [(one.stage, one.proposed) for one in book.found] == [(STORY, "So Mara bargains.")]


def test_a_second_rename_is_of_both_names() -> None:
    book = renamed("Mara", "Ada", "Then Mara left, and Ada too.")
    book.rename("Ada", "Eve")
    assert book.proposed() == ["Then Eve left, and Eve too."]


def test_a_name_that_became_an_alias_is_right() -> None:
    book = Book(characters={"characters": [person("p", "Mara")]}, plot={"chapters": [chapter("Then Mara left.")]})
    book.change(CHARACTERS, characters=[person("p", "Ada", aliases=["Mara"])])
    assert book.found == ()


def test_an_alias_that_stands_in_anothers_place_is_a_rename_and_one_that_is_taken_away_is_none() -> None:
    book = Book(
        characters={"characters": [person("p", "Mara", aliases=["Mags", "The Gull"])]},
        plot={"chapters": [chapter("So Mags left.")]},
    )
    book.change(CHARACTERS, characters=[person("p", "Mara", aliases=["Midge", "The Gull"])])
    assert book.proposed() == ["So Midge left."]
    book.change(CHARACTERS, characters=[person("p", "Mara", aliases=[])])
    assert book.found == ()


@pytest.mark.parametrize(
    ("old", "new", "text", "proposed"),
    [
        ("The Watch", "The Night Guild", "The Watch came. So the Watch left.",
         "The Night Guild came. So the Night Guild left."),
        ("The Watch", "Nightfall", "So the Watch left.", "So Nightfall left."),
        ("Harbour Watch", "The Guild", "So the Harbour Watch left.", "So the Guild left."),
        ("Harbour Watch", "The Guild", "So Harbour Watch left.", "So the Guild left."),
        ("Harrow", "Harrow Bay", "In Harrow, near Harrow Bay.", "In Harrow Bay, near Harrow Bay."),
        ("青石镇", "海棠镇", "他住在青石镇。", "他住在海棠镇。"),
    ],
)  # fmt: skip
def test_places_are_replaced_with_their_articles(old: str, new: str, text: str, proposed: str) -> None:
    world = {"setting": {"place": "Skerry Point"}}
    book = Book(worldview=world | {"locations": [place("l", old)]}, plot={"chapters": [chapter(text)]})
    book.change(WORLD, locations=[place("l", new)])
    (one,) = book.found
    assert (one.source, one.sentence if len(text) < 30 else text) == (WORLD, text)
    assert one.value == proposed


def test_the_place_and_the_year_of_the_story_are_looked_for_too() -> None:
    book = Book(
        story={"premise_sentence": "In Harrow Bay it is 1953, and not 19531."},
        worldview={"setting": {"place": "Harrow Bay, a fishing town", "time": "the winter of 1953"}},
    )
    book.change(WORLD, setting={"place": "Lisbon, by the river", "time": "the winter of 1890"})
    assert book.proposed() == ["In Lisbon it is 1890, and not 19531."]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("the winter of 1953", "the winter of 1953, and after"),
        ("the long winter of 1953", "winter of 1953"),
        ("1953 to 1954", "1890"),
    ],
)
def test_a_time_that_is_said_more_or_less_exactly_is_the_same(old: str, new: str) -> None:
    book = Book(
        story={"premise_sentence": "It is the long winter of 1953, so people sleep."},
        worldview={"setting": {"place": "Skerry", "time": old}},
    )
    book.change(WORLD, setting={"place": "Skerry", "time": new})
    assert book.found == ()


def test_terms_are_the_same_while_they_mean_the_same() -> None:
    term = {"term": "salt debt", "meaning": "What the sea is owed."}
    book = Book(
        worldview={"setting": {"place": "Skerry"}, "glossary": [term]},
        plot={"chapters": [chapter("A salt debt is due.")]},
    )
    book.change(WORLD, glossary=[term | {"term": "sea debt"}])
    assert book.proposed() == ["A sea debt is due."]


def test_somebody_who_is_gone_is_said_and_nothing_is_proposed() -> None:
    book = Book(
        characters={"characters": [person("a", "Ada"), person("b", "Bob Reed")]},
        plot={"chapters": [chapter("Ada meets Bob.", pov_character_id="b", character_ids=["a", "b"])]},
    )
    book.change(CHARACTERS, characters=[person("a", "Ada")])
    by_path = {one.path: one for one in book.found}
    assert by_path["/chapters/0/summary"].kind == "gone_name"
    assert by_path["/chapters/0/summary"].proposed is None
    assert by_path["/chapters/0/pov_character_id"].names == (("Bob Reed", None),)
    assert (by_path["/chapters/0/pov_character_id"].proposed, by_path["/chapters/0/pov_character_id"].value) == (
        "",
        None,
    )
    listed = by_path["/chapters/0/character_ids"]
    assert (listed.sentence, listed.proposed, listed.value) == ("Ada, Bob Reed", "Ada", ["a"])


def test_references_to_places_parents_and_relations_that_are_not_there() -> None:
    book = Book(
        characters={"characters": [person("a", "Ada Venn", relations=[{"target_id": "x", "surface": "Friends."}])]},
        worldview={"setting": {"place": "Skerry"}, "locations": [place("l", "Lamp", parent_id="m")]},
        plot={"chapters": [chapter("Begins.", location_ids=["l", "n"], character_ids=["Ada Venn", "Ada"])]},
    )
    assert [(one.kind, one.path, one.proposed) for one in book.found] == [
        ("missing_reference", "/characters/a/relations/0/target_id", None),
        ("missing_reference", "/locations/l/parent_id", ""),
        ("missing_reference", "/chapters/0/location_ids", "Lamp"),
    ]


def test_a_year_that_is_stated_a_structure_and_a_length_that_differ() -> None:
    book = Book(
        concept={"hook": "Set in 1951, long ago. Her father drowned in 1938."},
        story={"structure": "save_the_cat", "target_words": 80_000},
        worldview={"setting": {"place": "Skerry", "time": "1953"}},
        plot={"structure": "three_act", "chapters": [chapter("Begins.", target_words=20_000)]},
    )
    assert [(one.kind, one.proposed) for one in book.found] == [
        ("setting_year", "Set in 1953, long ago. Her father drowned in 1938."),
        ("structure", None),
        ("length", None),
    ]


def test_a_book_of_another_writer_and_a_word_that_is_banned_are_left_alone() -> None:
    book = Book(
        concept={"comparable_titles": ["Emma"], "adjustments_made": ["The heroine is Emma."]},
        characters={"characters": [person("p", "Emma")]},
    )
    book.rename("Emma", "Ada")
    assert book.found == ()


def test_a_longer_name_that_does_not_fit_is_not_proposed() -> None:
    book = Book(
        concept={"logline": " ".join(["Mara", *["word"] * 24])},
        characters={"characters": [person("p", "Mara Venn")]},
        plot={"chapters": [chapter("Begins.")]},
    )
    book.rename("Mara Venn", "Ada Venn")
    assert len(book.proposed()) == 1
    book = Book(
        concept={"logline": " ".join(["Mara", "Venn", *["word"] * 23])},
        characters={"characters": [person("p", "Mara Venn")]},
        plot={"chapters": [chapter("Begins.")]},
    )
    book.rename("Mara Venn", "Ada de la Venn")
    (one,) = book.found
    assert (one.kind, one.proposed, one.value) == ("old_name", None, None)
