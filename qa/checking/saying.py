"""Words that tell who speaks, in the languages of drafts: verbs of saying, "according to", pronouns."""

import re

# Matched in small letters; a letter in front of or behind them makes them other words.
_VERBS = r"""
says?|said|saying|tells?|told|adds?|added|adding|explains?|explained|argues?|argued|notes?|noted|claims?|claimed|insists?
|insisted|replie[sd]|reply|answers?|answered|asks?|asked|asking|warns?|warned|states?|stated|stresse[sd]|stress
|emphasi[sz]e[sd]?|remarks?|remarked|recalls?|recalled|remembers?|remembered|believes?|believed|thinks?|thought|admits?
|admitted|acknowledges?|acknowledged|confirms?|confirmed|denie[sd]|suggests?|suggested|declares?|declared|announces?
|announced|concludes?|concluded|continues?|continued|observes?|observed|points?\s+out|pointed\s+out|writes?|wrote|jokes?
|joked|laughs?|laughed|quips?|quipped|describes?|described|calls?|called|mentions?|mentioned|comments?|commented
|responds?|responded|predicts?|predicted|promises?|promised|quoted\s+as\s+saying|puts?\s+it|wonders?|wondered|repeats?
|repeated|maintains?|maintained|reveals?|revealed|reports?|reported|complains?|complained|asserts?|asserted|sums?\s+up
|summed\s+up|hopes?|hoped|predicts?|went\s+on|goes\s+on|shot\s+back|began|begins|agrees?|agreed|sighs?|sighed|smiles?|smiled|nods?|nodded|shrugs?|shrugged|grins?|grinned
|whispers?|whispered|shouts?|shouted|cries|cried|exclaims?|exclaimed|murmurs?|murmured|mutters?|muttered|concedes?|conceded
|boasts?|boasted|laments?|lamented|cautions?|cautioned|counters?|countered|retorts?|retorted|recounts?|recounted|testifie[sd]
|tweets?|tweeted|urges?|urged|advises?|advised|reminds?|reminded|chuckles?|chuckled|vows?|vowed|pledges?|pledged
|contends?|contended|objects?|objected|protests?|protested|elaborates?|elaborated|mused|muses|enquire[sd]|inquire[sd]
|interject(?:s|ed)|interrupt(?:s|ed)|reckons?|reckoned|estimates?|estimated|holds\s+that|held\s+that|hinted|hints
|proclaims?|proclaimed|reiterates?|reiterated|underlines?|underlined|highlights?|highlighted|clarifie[sd]|spoke\s+of|speaks\s+of
|dijo|dice|dicen|dicho|decía|afirm[aóo]|afirmado|explic[aó]|explicado|añad[eió]+|añadió|señal[aó]|asegur[aó]|declar[aó]
|sostuvo|sostiene|respond[eió]+|respondió|contest[aó]|pregunt[aó]|coment[aó]|indic[aó]|manifest[aó]|coment[oó]|cuenta|contó
|apunt[aó]|subray[aó]|destac[aó]|reconoc[eió]+|reconoció|recuerda|recordó|insist[eió]+|insistió|opin[aó]|cree|admit[eió]+
|sagte|sagt|sagen|gesagt|erklärte?|erklärt|meinte?|meint|betonte?|betont|fügte|ergänzte?|antwortete?|antwortet|fragte?
|fragt|behauptete?|behauptet|berichtete?|berichtet|erzählte?|erzählt|so|schrieb|schreibt|warnte?|warnt|räumte|bestätigte?
|erinnerte?|erinnert\s+sich|findet|glaubt|zitiert|unterstrich|äußerte|kommentierte?
|dit|disait|a\s+dit|dit-il|dit-elle|affirme|affirmait|affirmé|explique|expliquait|expliqué|ajoute|ajoutait|ajouté|déclare
|déclaré|répond|répondu|répondait|demande|demandé|raconte|raconté|souligne|souligné|précise|précisé|estime|estimait|estimé
|assure|assuré|confie|confié|note|insiste|rappelle|rappelé|conclut|lance|lancé|poursuit|indique|indiqué|reconnaît|admet
|disse|detto|dice|afferma|affermato|spiega|spiegato|aggiunge|aggiunto|dichiara|dichiarato|risponde|risposto|chiede|chiesto
|sostiene|racconta|raccontato|sottolinea|conclude|ricorda|osserva|commenta
|afirmou|diz|explicou|acrescentou|declarou|respondeu|perguntou
|powiedział[a]?|mówi|mówił[a]?|dodał[a]?|stwierdził[a]?|zapytał[a]?|odpowiedział[a]?|podkreślił[a]?|wyjaśnił[a]?|zaznaczył[a]?
|сказал[а]?|говорит|говорил[а]?|заявил[а]?|отметил[а]?|добавил[а]?|пояснил[а]?|подчеркнул[а]?|сообщил[а]?|ответил[а]?
|спросил[а]?|считает|рассказал[а]?|утверждает|объяснил[а]?
"""
_UNSPACED_VERBS = r"""
指出|表示|强调|強調|说道|說道|说|說|称|稱|认为|認為|问道|問道|问|問|回答|答道|补充|補充|解释|解釋|坦言|介绍|透露|写道
|と述べ|と話し|と語っ|と言っ|と答え|と尋ね|と説明|は述べ|は話し|は語り
"""
VERB = re.compile(
    rf"(?<![^\W_])(?:{''.join(_VERBS.split())})(?![^\W_])|(?:{''.join(_UNSPACED_VERBS.split())})", re.IGNORECASE
)
# Those of scripts without spaces alone.
UNSPACED_VERB = re.compile("".join(_UNSPACED_VERBS.split()))
ACCORDING = re.compile(
    r"(?<![^\W_])(?:according\s+to|in\s+the\s+words\s+of|in\s+the\s+view\s+of|as\s+told\s+by|laut|nach\s+Angaben\s+von"
    r"|nach\s+den\s+Worten\s+von|según|segun|de\s+acuerdo\s+con|en\s+palabras\s+de|selon|d['’]après|pour|secondo|segundo"
    r"|de\s+acordo\s+com|według|zdaniem|по\s+словам|согласно|по\s+мнению|quoting|quotes|cites?)(?![^\W_])|据|根据|按照",
    re.IGNORECASE,
)
# "Zufolge" stands behind the name.
ACCORDING_BEHIND = re.compile(
    r"(?<![^\W_])(?:zufolge|によると|によれば)|(?<=[^\W_])(?:によると|によれば)", re.IGNORECASE
)
PRONOUN = re.compile(
    r"(?<![^\W_])(?:he|she|they|él|ella|er|sie|il|elle|lei|ela|ona|он|она)(?![^\W_])|(?<=dit-)(?:il|elle)|他|她|彼女|彼",
    re.IGNORECASE,
)
# "Told Zhao", "to Zhao": a name behind one of these is spoken to or of, and does not speak.
OBJECT_MARKS = frozenset(
    """to of about with for from on against like near over under and or told tell tells asked-by thanked interviewed met
    a de con sobre del al zu von über mit gegen für an bei à avec pour sur di su per z do o do с о об к для""".split()
)
# Who is called so asks, or answers, whatever the name.
ASKING = frozenset(
    """interviewer reporter journalist host moderator presenter anchor questioner entrevistador entrevistadora
    periodista moderador interviewerin journalistin moderatorin reporterin intervieweur intervieweuse journaliste
    giornalista intervistatore dziennikarz журналист ведущий интервьюер 记者 記者 主持人""".split()
)
ANSWERING = frozenset(
    "interviewee guest witness respondent participant entrevistado entrevistada interviewte interviewpartner".split()
)
ARTICLES = frozenset(
    "the a an el la los las un una der die das ein eine le les une lo gli i uno this that his her their our".split()
)
TITLES = frozenset(
    """mr mrs ms miss dr prof professor ambassador president minister sir madam madame senator judge captain governor
    mayor chancellor secretary general colonel herr frau señor señora sr sra don doña monsieur mme mlle m signor
    signora pan pani dott dottor botschafter botschafterin embajador embajadora ambassadeur ambassadrice ministre
    host reporter interviewer journalist guest founder ceo director author engineer editor co-host cohost господин
    госпожа 先生 女士 大使""".split()
)


def is_pronoun(word: str) -> bool:
    """Whether the word stands for somebody named before."""
    return PRONOUN.fullmatch(word) is not None
