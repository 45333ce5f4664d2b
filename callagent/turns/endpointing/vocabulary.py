"""Words around numbers, spellings, dates and e-mail addresses, by language.

The fields that end in `_asked` are regular expressions over lower-case text: what a question (or the caller's own
sentence) asks for. The others are words in normal form (`phrases.normalise`).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from callagent.phrases import tokens

NEVER = "(?!)"
"""A regular expression that matches nothing."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language. `phone_asked` is part of `number_asked`; a `count_asked` question is answered with any number.

    `lengths` are what has as many digits wherever the language is spoken, with their count, the longest first.
    `century` is how a year of the last century begins. `digits` are words for "digits"; `joints` stand between groups;
    `corrections` take back what was said; `of` stands between the day and its month; `as_in` between a letter and the
    word that spells it.
    """

    phone_asked: str = NEVER
    number_asked: str = NEVER
    count_asked: str = NEVER
    spelling_asked: str = NEVER
    email_asked: str = NEVER
    birth_asked: str = NEVER
    date_asked: str = NEVER
    lengths: tuple[tuple[str, int], ...] = ()
    digits: str = ""
    joints: str = ""
    corrections: str = ""
    of: str = ""
    as_in: str = ""
    at: str = ""
    dot: str = ""
    months: str = ""
    ordinal: str = NEVER
    year: str = NEVER
    century: tuple[str, ...] = ()


_VOCABULARIES = {
    "en": Vocabulary(
        phone_asked=r"\b(tele)?phone|\bmobile\b|\bcell\b|\bcall(ing)? you\b|\breach you\b",
        number_asked=r"\bnumber\b(?! of)|\blast (4|four)\b|\bzip\b|\bcode\b|\bpin\b|\bdigits?\b|\biban\b|\bimei\b",
        count_asked=r"\bhow (many|much|old|long|often)\b|\b(what|which) time\b"
        r"|\b(room|house|flat|floor|table|seat|gate|platform|apartment) number\b",
        spelling_asked=r"\bspell",
        email_asked=r"\be-?mail",
        birth_asked=r"\bbirth|\bborn\b",
        date_asked=r"\bdate\b",
        lengths=((r"\blast (4|four)\b", 4), (r"\bzip\b", 5)),
        digits="digit digits",
        joints="dash hyphen and then plus minus space",
        corrections="no sorry wait oops rather actually correction i mean pardon",
        of="of",
        as_in="as for like",
        at="at",
        dot="dot",
        months="january february march april may june july august september october november december jan feb mar apr "
        "jun jul aug sep sept oct nov dec",
        ordinal=r"\d{1,2}(st|nd|rd|th)|(twenty|thirty)?(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
        r"|tenth|eleventh|twelfth|(thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)",
        year=r"hundred|thousand",
        century=("nineteen hundred", "nineteen hundred and"),
    ),
    "de": Vocabulary(
        phone_asked=r"telefon|handy|mobil|rückruf|anrufen|erreichen",
        number_asked=r"nummer|\bcode\b|\bpin\b|postleitzahl|\bplz\b|ziffern|stellig|\biban\b",
        count_asked=r"wie ?viel|wie (alt|lange|oft)|uhrzeit|(haus|zimmer|tisch|sitzplatz|raum)nummer",
        spelling_asked=r"buchstab",
        email_asked=r"e-?mail|mailadresse",
        birth_asked=r"geburt|geboren",
        date_asked=r"\bdatum",
        lengths=((r"postleitzahl|\bplz\b", 5),),
        digits="ziffern stellen ziffer stelle",
        joints="strich bindestrich und dann plus minus",
        corrections="nein nee quatsch moment entschuldigung sorry halt falsch stopp ich meine meinte pardon",
        of="von des",
        as_in="wie",
        at="at ät klammeraffe",
        dot="punkt dot",
        months="januar jänner februar februar märz april mai juni juli august september oktober november dezember",
        ordinal=r"(erste|zweite|dritte|vierte|fünfte|sechste|siebte|siebente|achte|neunte|zehnte|elfte|zwölfte"
        r"|\w+zehnte|\w+zigste|\w+ssigste)[nrs]?",
        year=r"hundert|tausend",
        century=("neunzehnhundert", "neunzehn hundert"),
    ),
    "fr": Vocabulary(
        phone_asked=r"téléphone|portable|mobile|joindre|rappeler",
        number_asked=r"numéro|\bcode\b|chiffres|\biban\b",
        count_asked=r"combien|quelle heure|quel âge|numéro de (chambre|table|rue|maison|place)",
        spelling_asked=r"épele",
        email_asked=r"e-?mail|courriel|\bmél\b|adresse électronique",
        birth_asked=r"naissance|\bnée?\b",
        date_asked=r"\bdate\b",
        lengths=((r"\bsiret\b", 14), (r"\bsiren\b", 9), (r"code postal", 5)),
        digits="chiffres chiffre",
        joints="tiret et puis plus moins",
        corrections="non pardon attendez attends désolé désolée euh excusez moi oups plutôt",
        of="de du",
        as_in="comme",
        at="arobase arrobase at chez",
        dot="point",
        months="janvier février mars avril mai juin juillet août aout septembre octobre novembre décembre",
        ordinal=r"premier|1er",
        year=r"mille?\b|\bcents?\b",
        century=("mille neuf cent", "mille neuf cents", "mil neuf cent", "dix-neuf cent"),
    ),
    "es": Vocabulary(
        phone_asked=r"tel[ée]fono|m[óo]vil|celular|llamar(le|te|lo|la)",
        number_asked=r"n[úu]mero(?! de (personas|mesa|habitaci))|c[óo]digo|\bpin\b|d[íi]gitos|cifras|\bdni\b|\biban\b",
        count_asked=r"cu[áa]nt[oa]s?\b|qu[ée] hora|qu[ée] edad",
        spelling_asked=r"deletre",
        email_asked=r"correo|e-?mail",
        birth_asked=r"nacimiento|naci[óo]|naciste",
        date_asked=r"\bfecha",
        lengths=((r"c[óo]digo postal", 5),),
        digits="dígitos cifras digitos",
        joints="guion guión y luego más mas menos",
        corrections="no perdón perdone disculpe espere espera digo quiero decir",
        of="de del",
        as_in="de como",
        at="arroba",
        dot="punto",
        months="enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre",
        ordinal=r"primero|primer",
        year=r"\bmil\b|cientos",
        century=("mil novecientos",),
    ),
    "it": Vocabulary(
        phone_asked=r"telefon|cellulare|richiamar|recapito",
        number_asked=r"numero(?! di (persone|camera|tavolo|stanza))|\bcodice|\bpin\b|cifre|\bcap\b|\biban\b",
        count_asked=r"quant[ioae]\b|che or[ae]|numero civico",
        spelling_asked=r"spelling|lettera per lettera|sillab|scandi",
        email_asked=r"e-?mail|posta elettronica",
        birth_asked=r"nascita|\bnat[oa]\b",
        date_asked=r"\bdata\b",
        lengths=((r"partita iva", 11), (r"\bcap\b", 5)),
        digits="cifre cifra",
        joints="trattino e poi più piu meno",
        corrections="no scusi scusa anzi aspetti aspetta pardon volevo dire",
        of="di del",
        as_in="come di",
        at="chiocciola at",
        dot="punto",
        months="gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        ordinal=r"primo",
        year=r"cento|mila|mille",
        century=("millenovecento", "mille novecento"),
    ),
    "pt": Vocabulary(
        phone_asked=r"telefone|celular|ligar para (você|o senhor|a senhora)",
        number_asked=r"número(?! de (pessoas|quarto|mesa))|c[óo]digo|d[íi]gitos"
        r"|\b(cpf|cep|rg|pin|senha)\b",
        count_asked=r"quant[oa]s?\b|que horas|qual a idade",
        spelling_asked=r"soletr",
        email_asked=r"e-?mail|correio",
        birth_asked=r"nascimento|nasceu",
        date_asked=r"\bdata\b",
        lengths=((r"\bcnpj\b", 14), (r"\bcpf\b", 11), (r"\bcep\b", 8)),
        digits="dígitos digitos números algarismos",
        joints="traço hífen e depois mais menos",
        corrections="não nao desculpa desculpe perdão espera espere quer quero dizer aliás",
        of="de do",
        as_in="de como",
        at="arroba",
        dot="ponto",
        months="janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        ordinal=r"primeiro",
        year=r"\bmil\b|centos",
        century=("mil novecentos", "mil novecentos e"),
    ),
    "hi": Vocabulary(
        phone_asked=r"फ़ोन|फोन|मोबाइल|phone|mobile",
        number_asked=r"नंबर|नम्बर|संख्या|कोड|पिन|अंक|number|code|\bpin\b",
        count_asked=r"कितने|कितनी|कितना|कितने बजे|how many",
        spelling_asked=r"स्पेल|वर्तनी|spell",
        email_asked=r"ईमेल|ई-मेल|e-?mail",
        birth_asked=r"जन्म|birth",
        date_asked=r"तारीख|तारीख़|दिनांक|date",
        lengths=((r"आधार", 12), (r"पिन ?कोड|pin ?code", 6)),
        digits="अंक अंकों अंकीय digit digits डिजिट",
        joints="डैश और फिर प्लस dash",
        corrections="नहीं सॉरी माफ़ माफ कीजिए रुकिए मतलब sorry no",
        of="of की का",
        as_in="से फॉर for as",
        at="एट ऐट at",
        dot="डॉट dot",
        months="जनवरी फरवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर",
        ordinal=r"पहली|दूसरी|तीसरी",
        year=r"सौ|हज़ार|हजार",
        century=("उन्नीस सौ",),
    ),
    "ja": Vocabulary(
        phone_asked=r"電話|携帯|連絡先",
        number_asked=r"番号|コード|暗証|[桁けた]",
        count_asked=r"何名|何人|何時|おいくつ|部屋番号",
        spelling_asked=r"スペル|綴り|つづり",
        email_asked=r"メール|e-?mail",
        birth_asked=r"生年月日|誕生日|お生まれ",
        date_asked=r"日付|何月|日にち",
        lengths=((r"郵便番号", 7),),
        digits="桁 ケタ",
        joints="の ハイフン ダッシュ",
        at="アット アットマーク",
        dot="ドット",
        year=r"年",
    ),
}

NO_VOCABULARY = Vocabulary()
"""Of a language that is none of the above: only written digits are understood."""


def vocabulary(language: str) -> Vocabulary:
    """Return the words of a language (`de`, not `de-DE`)."""
    return _VOCABULARIES.get(language, NO_VOCABULARY)


def asks(pattern: str, text: str) -> bool:
    """Tell whether one of the regular expressions is found in a text."""
    return _compiled(pattern).search(text) is not None


def spoken(text: str, words: Vocabulary) -> list[str]:
    """Return the words of a text in normal form; those of the vocabulary are whole in a script without spaces too."""
    found = tokens(text)
    for word in _cut(words):
        for at in range(len(found) - len(word), -1, -1):
            if "".join(found[at : at + len(word)]) == word:
                found[at : at + len(word)] = [word]
    return found


def among(word: str, words: str) -> bool:
    """Tell whether a word in normal form is one of the listed ones."""
    return word in _normal(words)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(maxsize=256)
def _normal(words: str) -> frozenset[str]:
    return frozenset("".join(tokens(word)) for word in words.split())


@lru_cache(maxsize=32)
def _cut(words: Vocabulary) -> tuple[str, ...]:
    """Return the words that `tokens` cuts into characters, the longest first."""
    listed = frozenset().union(*map(_normal, (words.digits, words.joints, words.at, words.dot)))
    return tuple(sorted((word for word in listed if len(tokens(word)) > 1), key=len, reverse=True))
