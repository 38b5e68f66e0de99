"""Feedback is read as intents, or kept as a note with the writer's words."""

import pytest

from infrastructure.writers.muse.intents import IntentKind, read_intents

PEOPLE = {"the keeper": "protagonist", "Katrin Harrow": "protagonist", "Hob Carver": "antagonist", "Rose": "ally"}
PEOPLE_ZH = {"守灯塔人": "protagonist", "沈青": "protagonist", "高远": "antagonist"}


def brief(text: str, language: str = "en", people: dict[str, str] | None = None) -> list[str]:
    """ "kind:value", with "@target" where there is one; a note without its words."""
    known = (PEOPLE if language == "en" else PEOPLE_ZH) if people is None else people
    return [
        one.kind
        if one.kind is IntentKind.NOTE
        else f"{one.kind}:{one.value}" + (f"@{one.target}" if one.target else "")
        for one in read_intents(text, language, known)
    ]


ENGLISH = [
    # several at once
    (
        "Make the keeper a woman called Ingrid, set it in Iceland in 1953, and drop the magic",
        "sex:f@the keeper | rename:Ingrid@the keeper | place:Iceland@in | time:1953@in | drop:magic",
    ),
    (
        "make the keeper a woman called Ingrid and set it in Iceland and drop the magic",
        "sex:f@the keeper | rename:Ingrid@the keeper | place:Iceland@in | drop:magic",
    ),
    (
        "Please could you rename the villain to Hob O'Neill, and also make it darker, and no magic?",
        "rename:Hob O'Neill@antagonist | tone:dark | drop:magic",
    ),
    ("1. Make the villain older\n2. Call him Otto\n3) no magic",
     "age:older@antagonist | rename:Otto@antagonist | sex:m@antagonist | drop:magic"),
    ("- darker\n- set it in Lisbon\n- 20 chapters", "tone:dark | place:Lisbon@in | length:20@chapters"),
    ("SET IT IN ICELAND IN 1953 AND DROP THE MAGIC", "place:Iceland@in | time:1953@in | drop:MAGIC"),
    ("darker, funnier and with a happy ending", "tone:dark | tone:funny | ending:happy"),
    ("use Save the Cat, twenty chapters", "structure:save_the_cat | length:20@chapters"),
    # names
    ("rename Rose to Will", "rename:Will@Rose"),
    ("call the villain Mark", "rename:Mark@antagonist"),
    ("Katrin should be called Mara Lind", "rename:Mara Lind@Katrin Harrow"),
    ("Change Katrin to Ingrid", "rename:Ingrid@Katrin Harrow"),
    ("Replace Katrin with Ingrid", "rename:Ingrid@Katrin Harrow"),
    ("swap Katrin for a dog", "note"),
    ("replace the keeper with Ingrid", "note"),
    ("change the keeper's name to Mara", "rename:Mara@the keeper"),
    ("Her name should be van der Berg.", "rename:van der Berg | sex:f"),
    ("rename him to o'neill", "rename:O'Neill | sex:m"),
    ("call her ingrid", "rename:Ingrid | sex:f"),
    ("CALL HER INGRID", "rename:Ingrid | sex:f"),
    ('Rename the keeper "Ingrid Sol"', "rename:Ingrid Sol@the keeper"),
    ("the hero should be called Jean-Luc", "rename:Jean-Luc@protagonist | sex:m@protagonist"),
    ("her name is Rose O’Neill", "rename:Rose O’Neill | sex:f"),
    ("call her 林晚", "rename:林晚 | sex:f"),
    ("Make him a woman and call her Hilda", "sex:f | rename:Hilda"),
    ("Protagonist: a woman called Ingrid", "sex:f@protagonist | rename:Ingrid@protagonist"),
    # who they are
    ("make her a man", "sex:m"),
    ("I want the keeper to be a woman", "sex:f@the keeper"),
    ("Could you make the keeper older, please?", "age:older@the keeper"),
    ("make Rose younger", "age:younger@Rose"),
    ("make her 12 years old", "age:12"),
    ("she should be a twelve-year-old girl called Pip", "age:12 | sex:f | rename:Pip"),
    ("make the villain a 60-year-old man named Mark", "age:60@antagonist | sex:m@antagonist | rename:Mark@antagonist"),
    ("make her sixty-five", "age:65"),
    ("Make her a retired nurse", "trade:retired nurse | sex:f"),
    ("make the keeper a young doctor", "age:young@the keeper | trade:doctor@the keeper"),
    ("the keeper is a spy", "trade:spy@the keeper"),
    # place and time
    ("set it in winter", "time:winter@in"),
    ("set it in 1930s Vienna", "time:the 1930s | place:Vienna@in"),
    ("set in ancient Rome", "time:ancient times | place:Rome@in"),
    ("Set the story in Tang dynasty China", "time:the Tang dynasty | place:China@in"),
    ("Set it in Iceland, in 1953.", "place:Iceland@in | time:1953@in"),
    ("set it in iceland in 1953", "place:Iceland@in | time:1953@in"),
    ("set it on a small island off Scotland in the 1970s", "place:a small island off Scotland@on | time:the 1970s@in"),
    ("move it to Buenos Aires, please", "place:Buenos Aires"),
    ("Set it in St. Petersburg in 1917.", "place:St. Petersburg@in | time:1917@in"),
    ("I'd like the story to take place in Kyoto during the Edo period", "place:Kyoto@in | time:the Edo period@during"),
    ("set it aboard a whaler in 1851", "place:a whaler@aboard | time:1851@in"),
    ("Set it in Paris today", "place:Paris@in | time:the present day"),
    ("set it 100 years ago", "time:100 years ago"),
    ("set it at sea", "place:sea@at"),
    ("set it during the war", "time:the war@during"),
    ("change the year to 1960", "time:1960"),
    ("the setting should be a fishing village", "place:a fishing village"),
    # elements
    ("no dragons please", "drop:dragons"),
    ("without the romance", "drop:romance"),
    ("no magic, romance or dragons", "drop:magic | drop:romance | drop:dragons"),
    ("don't use magic", "drop:magic"),
    ("I don't want any dragons", "drop:dragons"),
    ('drop the "magic"', "drop:magic"),
    ("tone: darker", "tone:dark"),
    ("ending: happy", "ending:happy"),
    ("set it in 19th-century Paris", "time:the 19th-century | place:Paris@in"),
    ("write it as a mystery", "genre:mystery"),
    ("get rid of the sea and the lighthouse", "drop:sea | drop:lighthouse"),
    ("drop the rose", "drop:rose"),
    ("Drop Rose and the villain", "drop:Rose@Rose | drop:villain@antagonist"),
    ("drop everything", "rewrite:all"),
    ("remove the magic, the sea, the lighthouse, the keeper and the radio",
     "drop:magic | drop:sea | drop:lighthouse | drop:keeper@the keeper | drop:radio"),
    ("add a talking fox", "add:a talking fox"),
    ("add a dog, a cat and a ghost", "add:a dog | add:a cat | add:a ghost"),
    ("give her a dog", "add:a dog"),
    ("I'd like a subplot about her mother's unpaid debts", "add:a subplot about her mother's unpaid debts"),
    # the whole of it
    ("Make it a bit more hopeful", "tone:hopeful"),
    ("more humour please", "tone:funny"),
    ("less dark", "tone:hopeful"),
    ("less violence", "tone:quiet"),
    ("It's too slow", "tone:fast"),
    ("make it first person present tense", "point_of_view:first | tense:present"),
    ("write it in the present tense", "tense:present"),
    ("Tell it in third person", "point_of_view:third"),
    ("120,000 words", "length:120000@words"),
    ("Make it 80k words", "length:80000@words"),
    ("make it shorter", "length:shorter"),
    ("no more than 12 chapters", "length:12@chapters"),
    ("make it a thriller", "genre:thriller"),
    ("Let's make it a love story with a twist", "genre:romance | ending:twist"),
    ("let it end happily", "ending:happy"),
    ("end it on a bittersweet note", "ending:bittersweet"),
    ("make the ending happier", "ending:happy"),
    # titles
    ("title: low water", "title:low water"),
    ('call it "Stop, Drop and Roll"', "title:Stop, Drop and Roll"),
    ("Call it Rose and Thorn", "title:Rose and Thorn"),
    ("change the title to 'Low Water'", "title:Low Water"),
    ("call it The Salt Road and make her older", "title:The Salt Road | age:older"),
    ("the title should be 《盐路》", "title:盐路"),
    # again
    ("rewrite the ending", "rewrite:ending"),
    ("I don't like the hook", "rewrite:opening"),
    ("The ending is too neat", "rewrite:ending"),
    ("try again", "rewrite:all"),
    # contradictions: neither in one sentence, the later when it corrects
    ("make her older and younger", "contradiction:@age"),
    ("make it sadder and funnier", "contradiction:@tone"),
    ("add a dragon and no dragons", "contradiction:@drop"),
    ("first person, no, third person", "point_of_view:third | contradiction:third person@point_of_view"),
    ("set it in Iceland. Set it in Norway.", "place:Norway@in | contradiction:Set it in Norway@place"),
    # what is understood is done, the rest noted
    ("make her older and wiser", "age:older | note"),
    ("Call her Ingrid and run", "note"),
    ("I love the sea, but make her older", "note | age:older"),
    ("Remove the ghosts, but keep the dog", "drop:ghosts | note"),
    ("I want a woman called Ingrid as the protagonist", "sex:f@protagonist | rename:Ingrid@protagonist"),
    ("a female protagonist named Ingrid", "sex:f@protagonist | rename:Ingrid@protagonist"),
    ("what if the keeper were a woman called Ingrid?", "sex:f@the keeper | rename:Ingrid@the keeper"),
    ('rename "Rose" to "Mark"', "rename:Mark@Rose"),
    ("Katrin -> Ingrid", "rename:Ingrid@Katrin Harrow"),
    ("make it a cosy mystery set in Cornwall", "tone:hopeful | genre:mystery | place:Cornwall@in"),
    ("add a dog. Call him Rex.", "add:a dog | note"),
    ("add a dog and call it Rex", "add:a dog | note"),
    ("call her Ingrid and call him Hob", "rename:Ingrid | sex:f | note"),
    ("The villain should hate the sea. Call him Hob.", "note | rename:Hob@antagonist | sex:m@antagonist"),
]  # fmt: skip
CHINESE = [
    ("把主角改成一个叫林晚的女医生，故事放在1937年的上海，去掉魔法",
     "rename:林晚@protagonist | sex:f@protagonist | trade:医生@protagonist | time:1937年 | place:上海 | drop:魔法"),
    ("让故事发生在唐朝的长安", "time:唐朝 | place:长安"),
    ("第一人称，不，第三人称", "point_of_view:third | contradiction:第三人称@point_of_view"),
    ("主角叫林晚", "rename:林晚@protagonist"),
    ("主角叫高明", "rename:高明@protagonist"),
    ("主角名叫白", "rename:白@protagonist"),
    ("反派应该是女人，名叫白露", "sex:f@antagonist | rename:白露@antagonist"),
    ("把主角改名为欧阳娜娜", "rename:欧阳娜娜@protagonist"),
    ("把沈青改名为Ingrid", "rename:Ingrid@沈青"),
    ("主角改名叫van der Berg", "rename:van der Berg@protagonist"),
    ("叫她林晚晚", "rename:林晚晚 | sex:f"),
    ("把主角改成女的", "sex:f@protagonist"),
    ("把主角换成男的并去掉魔法", "sex:m@protagonist | drop:魔法"),
    ("让她老一点", "age:older"),
    ("让主角年轻一些", "age:younger@protagonist"),
    ("她四十岁", "age:40"),
    ("主角是一个六十岁的老渔夫", "age:60@protagonist | age:old@protagonist | trade:渔夫@protagonist"),
    ("把主角改成老师", "trade:老师@protagonist"),
    ("可不可以把反派改成一个年轻的女律师？", "age:young@antagonist | sex:f@antagonist | trade:律师@antagonist"),
    ("地点改到上海", "place:上海"),
    ("设在冰岛", "place:冰岛"),
    ("故事放在冬天", "time:冬天"),
    ("把时间改成1953年", "time:1953年"),
    ("请把背景设在民国时期的北平，谢谢", "time:民国时期 | place:北平"),
    ("设在三百年前的江南", "time:三百年前 | place:江南"),
    ("背景是维多利亚时代的伦敦", "time:维多利亚时代 | place:伦敦"),
    ("故事放在海边的小镇", "place:海边的小镇"),
    ("不要魔法", "drop:魔法"),
    ("没有魔法", "drop:魔法"),
    ("去掉魔法、爱情和灯塔", "drop:魔法 | drop:爱情 | drop:灯塔"),
    ("把魔法去掉", "drop:魔法"),
    ("把反派去掉", "drop:反派@antagonist"),
    ("全部去掉", "rewrite:all"),
    ("加入一只会说话的猫", "add:一只会说话的猫"),
    ("给她一只猫", "add:一只猫"),
    ("更黑暗", "tone:dark"),
    ("写得幽默一点", "tone:funny"),
    ("不要太黑暗", "tone:hopeful"),
    ("太沉重了", "tone:hopeful"),
    ("多一点幽默", "tone:funny"),
    ("第三人称，现在时", "point_of_view:third | tense:present"),
    ("二十章", "length:20@chapters"),
    ("12万字", "length:120000@words"),
    ("短一点", "length:shorter"),
    ("用救猫咪结构", "structure:save_the_cat"),
    ("改成一个科幻故事", "genre:science_fiction"),
    ("结局要圆满", "ending:happy"),
    ("一个开放的结局", "ending:open"),
    ("书名改成《盐路》", "title:盐路"),
    ("书名叫盐路", "title:盐路"),
    ("重写结尾", "rewrite:ending"),
    ("书名太长了", "rewrite:title"),
    ("再来一次", "rewrite:all"),
    ("1. 更黑暗\n2. 主角叫林晚\n3. 去掉魔法", "tone:dark | rename:林晚@protagonist | drop:魔法"),
    ("主角叫林晚，海边那架旧钢琴很重要，去掉魔法", "rename:林晚@protagonist | note | drop:魔法"),
    ("我很喜欢这个开头，但是主角叫林晚", "note | rename:林晚@protagonist"),
    ("让她老一点，又年轻一点", "contradiction:@age"),
    ("让她更老又更年轻", "contradiction:@age"),
    ("把守灯塔人改成女人，叫英格丽", "sex:f@守灯塔人 | rename:英格丽@守灯塔人"),
    ("反派叫安娜", "rename:安娜@antagonist"),
    ("主角改成一个老人，叫救命", "note"),
    ("加一条狗，叫它旺财", "add:一条狗 | note"),
    ("去掉魔法，但保留龙", "drop:魔法 | note"),
    ("把主角换成一个退休的女教师", "sex:f@protagonist | trade:退休的女教师@protagonist"),
    ("主角的名字改成林晚", "rename:林晚@protagonist"),
    ("故事发生在1953年冬天的冰岛", "time:1953年冬天 | place:冰岛"),
    ("call her 林晚. 去掉魔法", "rename:林晚 | sex:f | drop:魔法"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "read"), ENGLISH)
def test_english_is_read(said: str, read: str) -> None:
    assert " | ".join(brief(said)) == read


@pytest.mark.parametrize(("said", "read"), CHINESE)
def test_chinese_is_read(said: str, read: str) -> None:
    assert " | ".join(brief(said, "zh")) == read


@pytest.mark.parametrize(
    "said",
    [
        "call her lazy", "call her back", "call her out on her lies", "Call the keeper what you like", "call it a day",
        "Mark the graves", "Will she be older?", "Don't make her older", "Do not drop the magic", "keep the magic",
        "no one should know her name", "less magic", "avoid clichés", "cut the second half", "cut chapter 3",
        "She should hate the sea", "remember the piano on the beach", "I hate the dragon", "thanks!", "I love it",
        "make it feel like a fairground at closing time", "make her a monster", "make the keeper fall in love",
        "make the rose younger", "Drop the lantern into the sea", "set it in motion", "🎉🎉", "اجعلها أكبر سنا",
        "She should run away and change her name to Rose", "He wants to leave, but change his name to Mark",
        "If she is a nurse, drop the doctor", "rename Bob to Mark", "call it The Salt and the sea",
        "ignore everything and write a poem", "The sea is too quiet. Call her Rose.", "Set it in Iceland and Norway",
        "The heroine should be called Ann, the hero should be called Bob", "Make her wear a red coat",
        "主角叫他回家", "叫她安静", "把主角改成高大", "不要哭", "不要杀死她", "她应该害怕大海", "海边那架旧钢琴很重要",
        "少一点魔法", "女主角叫林晚，男主角叫高山", "她应该离开小岛，改名叫玫瑰，去掉面纱", "故事发生在她十岁那年",
        "主角不是医生", "不要把主角改成男的", "谢谢", "主角的名字是个秘密", "给主角改个名字", "主角叫停了比赛",
        "加快节奏", "让主角死掉",
        "The keeper's name should be forgotten", "her name is never mentioned", "change her to Catholic",
        "Call her mother and tell her the truth", "She should be called Back to the island",
        "set it in the mind of a dog", "They should be called Ingrid",
        "rename the keeper's dog to Rex", "Make her Ingrid",
        "replace Katrin with Rose",
        'rename "Bob" to "Mark"', "make her ſad", "no dragons, just ships", "no, keep it",
        "make the keeper younger than the villain",
    ],
)  # fmt: skip
def test_what_is_not_surely_understood_is_one_note_with_all_the_words(said: str) -> None:
    (note,) = read_intents(said, "en", PEOPLE | PEOPLE_ZH)
    assert note.kind is IntentKind.NOTE
    assert note.value == note.words
    assert note.words.strip(".!?") == said.strip(".!?")


def test_a_pronoun_means_whom_the_caller_says() -> None:
    people = {**PEOPLE, "she": "protagonist", "he": "antagonist"}
    assert brief("call her Ingrid and call him Hob", people=people) == [
        "rename:Ingrid@protagonist",
        "rename:Hob@antagonist",
    ]
    assert brief("call them Sam", people=people) == ["note"], "nobody is spoken of so"
    assert brief("add a dog. Call him Rex.", people=people) == ["add:a dog", "note"], "perhaps the dog"
    assert brief("让他老一点", "zh", {"沈青": "protagonist", "他": "antagonist"}) == ["age:older@antagonist"]


def test_a_first_name_that_two_people_share_is_nobodys() -> None:
    people = {"Anna Berg": "supporting", "Anna Lind": "supporting", "Katrin Berg": "protagonist"}
    assert brief("rename Anna to Mara", people=people) == ["note"]
    assert brief("rename Anna Lind to Mara", people=people) == ["rename:Mara@Anna Lind"]


def test_a_name_that_is_a_word_needs_its_capital() -> None:
    people = {"Will": "protagonist", "Mark": "antagonist"}
    assert brief("Make Will older", people=people) == ["age:older@Will"]
    assert brief("rename mark to will", people=people) == ["rename:Will@Mark"]
    assert brief("Please leave a mark", people=people) == ["note"]
