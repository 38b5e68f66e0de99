"""Words by which english.py tells people, deeds and times: data."""

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
TITLES = "Mr|Mrs|Miss|Ms|Dr|Captain|Lady|Lord|Sir|Aunt|Uncle|Father|Sister|Brother|Inspector|Colonel|Professor"

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = (
    {word: value for value, word in enumerate((*_ONES, *_TEENS), 1)}
    | {word: 20 + 10 * index for index, word in enumerate(_TENS)}
    | {f"{ten}-{one}": 20 + 10 * i + j for i, ten in enumerate(_TENS) for j, one in enumerate(_ONES, 1)}
)

SPEECH = "said|asked|replied|answered|whispered|shouted|cried|murmured|muttered|laughed|called|added|continued|remarked"
ACTS = (
    "smiled|nodded|walked|ran|went|stood|sat|turned|opened|closed|took|gave|came|looked|watched|wrote|drank|ate|lifted|"
    "pulled|pushed|shook|picked|put|reached|stepped|knocked|poured|lit|climbed|crossed|rowed|followed|hurried|waved|"
    "bowed|leaned|kissed|handed|carried|unlocked|folded|counted|tied|swung|threw|caught|shrugged|frowned|sighed|spoke"
)

_FIRST_WORDS = (
    "A About Above Across After Afterwards Again Against All Almost Alone Along Already Also Although Always "
    "Among An And Another Any Anyone Anything As At Away Back Because Before Behind Being Below Beneath Beside "
    "Besides Between Beyond Both But By Can Chapter Christmas Could Day Days Dear Did Do Does Down During Each "
    "Early Easter Eight Either Else English Even Evening Ever Every Everybody Everyone Everything Except Far Few "
    "Finally First Five For Four French From German God Had Half Has Have Having He Heaven Her Here Hers High His "
    "How However I If In Indeed Inside Instead Into Is It Its Just Last Late Later Least Leave Less Let Like "
    "Little Long Looking Many May Maybe Me Meanwhile Might Mine More Morning Most Mother Much Must My Near Nearly "
    "Neither Never Next Night Nine No Nobody None Nor Not Nothing Now Of Off Often Oh Old On Once One Only Onto "
    "Or Other Others Our Out Outside Over Part Past Perhaps Please Poor Quite Rather Round Same Second See Seeing "
    "Seven She Should Since Sitting Six Slowly So Some Somebody Someone Something Sometimes Somewhere Soon "
    "Standing Still Such Suddenly Taking Ten Than Thank Thanks That The Their Them Then There Therefore These "
    "They Thing Third This Those Though Three Through Thus Till To Today Together Tomorrow Tonight Too Toward "
    "Towards Two Under Until Up Upon Us Very Was We Well Were What Whatever When Whenever Where Wherever Whether "
    "Which While Who Whoever Whose Why Will With Within Without Would Yes Yesterday Yet You Young Your "
)
FIRST_WORDS = frozenset(_FIRST_WORDS.split())
"""What a sentence may begin with that is no name."""
