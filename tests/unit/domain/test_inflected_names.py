"""Names with endings and elisions: found where they can be nothing else, and put into the same form."""

import pytest

from tests.support.books import Book, chapter, person


def renamed(old: str, new: str, summary: str, *others: str) -> Book:
    """A plot with one chapter, and a person in it who is called otherwise then."""
    cast = [person("p1", old), *(person(f"o{n}", name) for n, name in enumerate(others))]
    book = Book(characters={"characters": cast}, plot={"chapters": [chapter(summary)]})
    book.rename(old, new)
    return book


@pytest.mark.parametrize(
    ("old", "new", "text", "proposed"),
    [
        ("Anna Weber", "Berta Weber", "In Annas Haus brennt Licht.", "In Bertas Haus brennt Licht."),
        ("Anna Weber", "Berta Kurz", "Anna Webers Boot liegt hier.", None),
        ("Anna Weber", "Berta Holm", "Anna Webers Boot liegt hier.", "Berta Holms Boot liegt hier."),
        ("Anna", "Agnes", "Das ist Annas Boot.", None),
        (
            "Mara Venn",
            "Mara Holt",
            "So the Venns left, and the Venns’ boat.",
            "So the Holts left, and the Holts’ boat.",
        ),
        ("Anna", "Élise", "C’est le bateau d’Anna.", "C’est le bateau d’Élise."),
        ("Anna", "Berthe", "C’est le bateau d’Anna.", None),
        ("Anna", "Elena", "La barca dell’Anna.", "La barca dell’Elena."),
        ("Ana", "Lola", "El barco de Ana, y a Ana.", "El barco de Lola, y a Lola."),
        ("Анна", "Ольга", "Он видел Анну и лодку Анны.", "Он видел Ольгу и лодку Ольги."),
        ("Анна", "Ольга", "Он ушёл с Анной, к Анне.", "Он ушёл с Ольгой, к Ольге."),
        ("Иван", "Пётр", "Дом Ивана, с Иваном.", None),
        ("Иван", "Антон", "Дом Ивана, с Иваном.", "Дом Антона, с Антоном."),
        ("Мария", "Анастасия", "Он видел Марию и дом Марии.", "Он видел Анастасию и дом Анастасии."),
        ("Иван Орлов", "Иван Петров", "Дом Орлова, с Орловым.", "Дом Петрова, с Петровым."),
        ("Анна Орлова", "Анна Петрова", "Он ушёл с Орловой.", "Он ушёл с Петровой."),
        ("Анна", "Иван", "Он видел Анну.", None),
        ("Anna", "Zofia", "Widział Annę i mówił z Anną.", "Widział Zofię i mówił z Zofią."),
        ("Adam", "Marek", "Dał Adamowi list.", None),
    ],
    ids=str,
)
def test_names_are_found_in_the_forms_that_languages_give_them(
    old: str, new: str, text: str, proposed: str | None
) -> None:
    (one,) = renamed(old, new, text).found
    assert one.proposed == proposed
    assert one.kind == ("old_name" if proposed else "ambiguous_name")


@pytest.mark.parametrize(
    ("old", "new", "text", "others"),
    [
        ("Jacob", "Tom", "Then Mia Jacobs left, with Dr. Jacobs.", ()),
        ("William", "Tom", "Then Williams left.", ()),
        ("Mar", "Tom", "She looks at Mars.", ()),
        ("Venn", "Holt", "Mia Venns is another family.", ()),
        ("Anna", "Berta", "Then Annas left.", ("Annas",)),
        ("Anna", "Berta", "Then Annie and Anny left.", ()),
        ("Chris", "Tom", "He has Chrisss on his door.", ()),
        ("Hara", "Eve", "Then O’Hara and D’Hara left.", ()),
        ("Роза", "Анна", "Там росли розы, и розу он взял.", ()),
        ("Вера", "Анна", "У него нет веры.", ()),
        ("Иван", "Антон", "Пришёл Иванов, и Ивановна.", ()),
        ("Анна", "Ольга", "Пришла Ани.", ()),
        ("Adam", "Marek", "Adams left.", ()),
    ],
    ids=str,
)
def test_a_form_that_may_be_another_name_or_a_word_is_none(
    old: str, new: str, text: str, others: tuple[str, ...]
) -> None:
    assert renamed(old, new, text, *others).found == ()
