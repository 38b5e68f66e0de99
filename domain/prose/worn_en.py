"""Worn phrases of machine-made prose in English, as of DATED. Regular expressions over small letters, whole words."""

DATED = "2026-11"

PHRASES: tuple[str, ...] = (
    r"a testament to",
    r"(?:a |the |rich )?tapestry of",
    r"breath (?:he|she|they|i) (?:didn['’]t|hadn['’]t|did not|had not) (?:know|realized?|known|realised?)"
    r"(?: (?:he|she|they|i) (?:was|were|had been) holding)?",
    r"(?:sent|sending) (?:a )?shivers? down (?:his|her|their|my) spine",
    r"shivers? (?:ran|raced|went) down (?:his|her|their|my) spine",
    r"little did (?:he|she|they|i) know",
    r"(?:a )?symphony of",
    r"(?:a )?kaleidoscope of",
    r"hung (?:heavy |thick )?in the air like",
    r"the (?:air|silence) (?:was|hung|grew) (?:thick|heavy) with",
    r"the weight of (?:the world|(?:his|her|their) words|what (?:he|she|they) had)",
    r"settled (?:over|on|upon) (?:him|her|them) like a",
    r"something (?:shifted|stirred) (?:in|inside|within|between)",
    r"(?:barely|just) above a whisper",
    r"voice (?:was )?barely a whisper",
    r"a mix(?:ture)? of (?:fear|excitement|anticipation|awe|relief|hope|curiosity|trepidation) and",
    r"eyes (?:sparkled|sparkling|glinted|glinting|gleamed|gleaming) with "
    r"(?:mischief|determination|curiosity|excitement)",
    r"(?:steeled|steeling) (?:himself|herself|themselves)",
    r"the hum of (?:the )?(?:machinery|electricity|fluorescent|anticipation)",
    r"dance(?:d|s)? (?:across|over|on) the (?:walls?|water|floor|surface)",
    r"shadows (?:danced|whispered|stretched like)",
    r"whisper(?:ed|ing|s)? (?:secrets|promises|of forgotten|of ancient)",
    r"ghost of a smile",
    r"a smile that (?:didn['’]t|did not) (?:quite )?reach (?:his|her|their) eyes",
    r"knuckles (?:turned |turning |went |gone )?white",
    r"heart (?:hammer(?:ed|ing)|pound(?:ed|ing)) (?:in|against) (?:his|her|their|my) (?:chest|ribs|ribcage)",
    r"time (?:seemed to )?(?:stood|stand) still",
    r"(?:couldn['’]t|could not) help but (?:feel|smile|notice|wonder|think)",
    r"(?:an|the) unspoken (?:understanding|promise|question|agreement)",
    r"(?:washed|washing) over (?:him|her|them|me) like a",
    r"(?:a|the) (?:delicate|intricate) dance",
    r"(?:in|into) the heart of the (?:city|forest|storm|labyrinth)",
    r"ever-(?:changing|present|shifting|evolving)",
    r"bustling (?:city|market|street|metropolis)",
    r"etched (?:into|in|on|with|across) (?:his|her|their|every)",
    r"a beacon of",
)

ENDINGS: tuple[str, ...] = (
    r"nothing would ever be the same",
    r"(?:his|her|their|my|the) (?:life|lives|journey|adventure|story|real work|real journey) "
    r"(?:had|was|were) (?:only )?(?:just )?beg[au]n(?:ning)?",
    r"for the first time in (?:years|months|weeks|a long time|a long while|forever|as long as)",
    r"(?:and )?(?:somehow|perhaps|maybe),? (?:that|it|this) was enough",
    r"whatever (?:came|lay|happened|the future held)(?: next| ahead)?,? (?:he|she|they|we|i)",
    r"(?:he|she|they|i) (?:knew|realized|realised|understood) (?:now )?(?:that )?"
    r"(?:this|it|things|everything|nothing) (?:was|would|had)",
    r"a new (?:chapter|beginning|day|dawn)",
    r"in that moment,? (?:he|she|they|i) (?:knew|understood|realized|realised)",
    r"(?:together|united),? they (?:would|could)",
    r"ready (?:for|to face) whatever",
)
"""What sums a passage up in place of ending it; looked for in the last sentences of a chapter."""
