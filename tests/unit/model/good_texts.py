"""Concepts as a person writes them, in four languages and three scripts: none of them may be found fault with."""
# ruff: noqa: E501

from typing import Any

GOOD: dict[str, dict[str, Any]] = {
    "en": {
        "title": "The Arithmetic of Salt",
        "logline": "A bankrupt salt-weigher must prove that the harbour's scales are false before the town hangs her brother for the theft they made him confess to.",
        "hook": "On the morning the ferry stopped, Ines weighed the same sack three times and got three different debts.",
        "premise_question": "What if the only honest instrument in town were the one nobody may use?",
        "central_conflict": "Ines needs the scales opened; the harbour master needs them sealed until the fleet has sailed, or forty families lose the winter’s credit.",
        "stakes": "Her brother’s neck, and the trade her mother taught her. “Well,” she says... and does not finish.",
        "unique_angle": "A detective story in which every clue is a number: 3 sacks, 1,200 kilos, 14 witnesses, the year 1931.",
        "comparable_titles": ["The Shipping News"],
    },
    "zh-CN": {
        "title": "盐的算术",
        "logline": "破产的称盐女工必须证明港口的秤是假的，否则全镇将绞死被迫认罪的弟弟。",
        "hook": "渡船停航的那天早晨，伊内斯把同一袋盐称了三遍，得到三笔不同的债。",
        "premise_question": "如果镇上唯一诚实的秤，恰恰是谁也不准用的那一杆呢？",
        "central_conflict": "伊内斯要开箱验秤，港务长却要在船队出海之前封住它，不然四十户人家过不了冬。",
        "stakes": "弟弟的性命，以及母亲传给她的手艺……她说到一半，没有再说下去。",
        "unique_angle": "一个每条线索都是数字的侦探故事：三袋盐，一千二百公斤，十四个证人。",
    },
    "de": {
        "title": "Die Arithmetik des Salzes",
        "logline": "Eine bankrotte Salzwägerin muss beweisen, dass die Waagen des Hafens falsch gehen, bevor die Stadt ihren Bruder für ein erpresstes Geständnis hängt.",
        "hook": "An dem Morgen, als die Fähre ausblieb, wog Ines denselben Sack dreimal und kam auf drei verschiedene Schulden.",
        "premise_question": "Was, wenn das einzige ehrliche Gerät der Stadt das wäre, das niemand benutzen darf?",
        "central_conflict": "Ines braucht die Waagen offen; der Hafenmeister braucht sie versiegelt, bis die Flotte ausgelaufen ist.",
        "stakes": "Der Hals ihres Bruders und das Handwerk, das die Mutter sie gelehrt hat.",
    },
    "ja": {
        "title": "塩の算術",
        "logline": "破産した塩の計量人は、弟が絞首刑になる前に、港の秤が狂っていることを証明しなければならない。",
        "hook": "渡し船が止まった朝、イネスは同じ袋を三度量り、三つの違う借金を得た。",
        "premise_question": "町でただ一つ正直な道具が、誰も使ってはならないものだったら？",
        "central_conflict": "イネスは秤を開けさせたい。港長は船団が出るまで封をしておきたい。",
        "stakes": "弟の命と、母が教えてくれた仕事。",
    },
    "es-MX": {
        "title": "La aritmética de la sal",
        "logline": "Una pesadora de sal arruinada debe probar que las balanzas del puerto mienten antes de que el pueblo ahorque a su hermano.",
        "hook": "La mañana en que paró el transbordador, Inés pesó el mismo saco tres veces y obtuvo tres deudas distintas.",
        "premise_question": "¿Y si el único instrumento honrado del pueblo fuera el que nadie puede usar?",
        "central_conflict": "Inés necesita abrir las balanzas; el capitán del puerto las necesita selladas hasta que zarpe la flota.",
        "stakes": "El cuello de su hermano y el oficio que le enseñó su madre.",
    },
}
