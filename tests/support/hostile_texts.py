"""Texts that mean something to the programs that make files, and a document that is full of them."""

from datetime import UTC, datetime

from projections.documents.tree import (
    Chapter,
    Definitions,
    Document,
    Footnote,
    FrontMatter,
    Heading,
    ListBlock,
    Paragraph,
    Part,
    Quote,
    SceneBreak,
    Table,
    run,
)


def hostile(secret: str) -> list[str]:
    """`secret`: the path of a file that no output may hold."""
    return [
        "<script>alert(1)</script>",
        f"![](file://{secret})",
        f"![alt]({secret})",
        f"[x](file://{secret})",
        f"<img src='file://{secret}' onerror=alert(1)>",
        f"[ref]: file://{secret}",
        f"\\input{{{secret}}} \\write18{{id}} $x^2$ \\begin{{document}} %c \\% \\\\",
        f'#read("{secret}") #include "{secret}" #image("{secret}") @label <label>',
        "#let x = 1; #panic() $ sum $ = Heading / Term: x // gone /* gone */",
        "`code` *a* _b_ **c** ~~d~~ ^e^ ~f~ a_b_c x*y*z",
        "---",
        "***",
        "___",
        "===",
        "# no heading #",
        "1. no list",
        "2) no list",
        "- no list",
        "+ no list",
        "> no quote",
        "| a | b |",
        "|---|",
        "<?php ?> <!-- comment --> <![CDATA[x]]> &amp; &lt; &#65; &nbsp;",
        "[^1]: note [^1] :smile: @cite [@cite] ::: div {.class} {{ x }} {% y %} ${HOME} $(id)",
        "```{=html}",
        "~~~ raw",
        "term",
        ": definition",
        "<b>&</b> “quotes” 'x' \"y\" -- --- ... a~b",
        "javascript:alert(1) file:///etc/passwd",
        "]]> --> </w:t></style></title>",
    ]


def hostile_document(secret: str, language: str = "en") -> Document:
    """Every kind of block, each with such texts; parts in Chinese and Arabic."""
    lines = hostile(secret)
    texts = tuple(run(line) for line in lines)
    told = tuple((text, (Paragraph(text),)) for text in texts)
    listed = ((run("List"), (ListBlock(texts[:6]), ListBlock(texts[:3], ordered=True))),)
    rows = tuple((one, other) for one, other in zip(texts[::2], texts[1::2], strict=False))
    note = Footnote((Paragraph(run("A note: *not* emphasised")),))
    everything = (
        *(Heading(text) for text in texts[:4]),
        Heading(run("Low # heading ###"), 3),
        Paragraph((*run("Called "), note, *run(" here."))),
        SceneBreak(),
        Quote(tuple(Paragraph(text) for text in texts[:8])),
        Table(texts[:2], (*rows, (run(""), run("x"))), (0.4, 0.6)),
    )
    front = FrontMatter(
        title=lines[0] + " / " + lines[1],
        subtitle=lines[6],
        facts=(texts[2], texts[7]),
        contents=run("Contents"),
        description=lines[0],
        language=language,
        identifier="urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        date=datetime(2026, 3, 1, 9, tzinfo=UTC),
    )
    chinese = (
        Paragraph(run("他说：“你好，世界。”")),
        Paragraph(run("着重", emphasis=True)),
        *told_once("标签", "说明。"),
    )
    arabic = (Paragraph(run("مرحبا بالعالم (2026).")), *told_once("اسم", "وصف"))
    return Document(
        front,
        (
            Part(
                texts[0],
                tuple(Paragraph(text) for text in texts),
                (Chapter(texts[1], (Definitions((*told, *listed)),)),),
            ),
            Part(run("All blocks"), (), (Chapter(texts[9], everything),)),
            Part(run("第二部分"), chinese, language="zh-Hans"),
            Part(run("الجزء الثالث"), arabic, (Chapter(run("فصل"), arabic),), language="ar"),
        ),
    )


def told_once(term: str, said: str) -> tuple[Definitions]:
    return (Definitions(((run(term), (Paragraph(run(said)),)),)),)
