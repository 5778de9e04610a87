"""Words that tell in a label: titles, roles, particles, and what stands before a colon without being anybody."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# May stand inside a name or an office in small letters.
PARTICLES = _words(
    """'t a abu af al am an and ap at av aus bin bint da das de dei del della delle den der des di do dos du e el en
    et for für ibn in la las le les los of on pro sur te tem tempore ten ter the to ul und v van vom von y z zu zum
    zur и von't"""
)

TITLES = _words(
    """mr mrs ms miss mx dr prof professor sir dame lord lady senator sen rep representative congressman congresswoman
    chairman chairwoman chairperson chair president secretary governor gov judge justice general gen colonel col
    captain capt lieutenant lt sergeant sgt admiral ambassador minister councillor delegate commissioner director
    father rev reverend rabbi imam bishop herr frau señor señora señorita sr sra don doña mme mlle monsieur madame m
    signor signora sig dott mevrouw meneer dhr mw г-н г-жа the"""
)
ABBREVIATED_TITLES = _words(
    """mr mrs ms mx dr prof sen rep gov gen col capt lt sgt st jr sr sra hon rev fr mme mlle sig dott dhr mw ing dipl
    adm maj cpl pvt supt esq phd no nr ltd inc co"""
)

ROLES = _words(
    """q a i b r m question answer interviewer interviewers interviewee interviewees moderator host cohost
    co-host guest reporter anchor narrator announcer speaker spk person participant respondent candidate facilitator
    audience member caller operator agent customer user assistant ai bot human system client therapist patient doctor
    nurse teacher student pupil witness court clerk counsel judge bailiff juror chair chairman chairwoman president
    presenter panelist panellist correspondent byline journalist editor researcher informant subject voice channel
    everyone everybody several all both group unidentified unknown male female man woman analyst investor investigator
    frage antwort interviewerin moderatorin sprecher sprecherin teilnehmer befragter befragte journalistin
    pregunta respuesta entrevistador entrevistadora entrevistado entrevistada periodista moderadora presidente
    presidenta locutor locutora hablante orador participante
    pergunta resposta repórter jornalista entrevistadores
    journaliste intervieweur intervieweuse interviewé interviewée animateur animatrice présentateur réponse modérateur
    intervistatore intervistatrice intervistato intervistata giornalista domanda risposta
    interviewster presentator presentatrice vraag antwoord deelnemer
    спикер интервьюер журналист корреспондент ведущий ведущая вопрос ответ респондент
    记者 記者 主持人 主持 问 答 問 受访者 受訪者 采访者 訪問者 聞き手 話者 司会 質問 回答
    기자 대사 진행자 질문 답변 사회자
    ผู้สัมภาษณ์ المحاور المحاورة الصحفي مراسل مذيع מראיין מראיינת"""
)
UNKNOWN = _words("unknown unclear inaudible xx xxx")

# Remarks, page data, parts of a text: never a speaker, whatever stands behind the word.
NOT_A_SPEAKER = _words(
    """abstract agenda attachment attendees author authors background break by caption chapter cons context copyright
    correction date description disclaimer duration editor's email example fact fig figure file filename from genre
    hosts http https image ingredients keywords language link links location mailto meeting notes note nb participants
    pdf phone photo place port price pros published questions re reason recorded recording references remarks
    result results rsvp section see show source sources speakers subject subtitle summary table tags tel time timestamp
    tip title to todo topic topics transcript transcribed transcriber transcription update updated url venue version
    warning web website action actions item decision decisions feedback highlights takeaways overview outline
    error errors hint usage fixed added changed removed deprecated
    info debug username password address mail mailto city country street total quantity
    fecha lugar hora duración modalidad observaciones contexto nota notas tema título fuente asunto
    datum ort thema titel anmerkung hinweis quelle dauer betreff anlage zeit
    lieu titre remarque durée objet sujet
    data luogo titolo onderwerp plaats
    materials 材料 作り方 注意 日時 場所 时间 地点 注 资料来源 图 表"""
)
# Alone or with a number they begin a remark; with a name behind them ("First Minister") they are somebody.
NOT_A_SPEAKER_ALONE = _words(
    """monday tuesday wednesday thursday friday saturday sunday january february march july september october november
    december advice again also and answers as because besides but conclusion exactly finally first firstly for further
    furthermore hence here however if instead introduction last lastly listen look meanwhile moreover next no now ok
    okay option or otherwise part plan point problem rather remember result right rule second secondly similarly simply
    so solution step still sure thanks that then there therefore third thirdly this thus to warning well what when why
    yeah yes yet he she they we you it"""
)
SOUNDS = _words(
    """applause beat beep chuckle chuckles cough coughs crosstalk cheering cheers commercial end inaudible indiscernible
    interruption laughing laughs laughter muffled music musical noise off-mike overlapping pause pauses ringing
    sic sigh sighs silence singing song sound soundbite static unintelligible video videotape begin
    lacht lachen pause risas rires rire applaudissements applausi"""
)
# Tags of pages and captions.
TAGS = _words("br div em font h1 h2 h3 hr html img li ol p pre span strong table td th tr u ul v c s ehm")
# Words in small letters that no nickname is made of.
NEVER_IN_A_NAME = _words(
    """a about advice after all am an and any are as asked at be because been but by can could did do does done down
    example following for from go good had has have he her here his how i if in into is it its just know let like
    made make me mean more my never no not note now of on one or our out point question reason result right rule said
    say says see she simple so some still such summary tell than thanks that the their them then there these they thing
    things think this those time to told too true two up us very was way we well went were what when where which who
    why will with would yes you your
    aber alles als also auch auf das dass der die ein eine einem eines er es gesagt ich im in ist klar mit nicht noch
    nur oder sagte sich sie so und war was wenn wie wir
    ce cela chose de des dit elle en est et il ils je la le les mais ne nous on ou par pas pour que qui sa se son sur
    un une vous
    al como con cosa cuando de decía del dice dijo el ella en es esta este fue la las lo los mi no para pero por que se
    si su un una y yo
    che come con cosa di disse è il io la le lo ma mi nel non o per più se si sono un una"""
)
# First and second person: what people say to each other and pages do not.
SPOKEN = _words(
    """i i'm i’m i've i’ve i'll i’ll i'd i’d you you're you’re your we we're we’re we've we’ve our us me my mine hello
    hi hey welcome thanks thank yeah yes okay oh please sorry goodbye
    ich du wir uns mir mich mein meine ihnen danke hallo ja nein bitte
    je tu nous vous mon ma mes votre notre merci bonjour oui moi j'ai
    yo tú usted ustedes nosotros mi mis me nos gracias hola sí
    eu você nós meu minha obrigado obrigada olá sim
    io tu noi voi mio mia grazie ciao sì
    ik jij je u wij mijn uw ons dank hallo ja nee
    я мы вы ты мой моя мне нас вас наш спасибо здравствуйте да нет"""
)
SPOKEN_UNSPACED = (
    "我",
    "你",
    "您",
    "私",
    "僕",
    "ですか",
    "ますか",
    "저는",
    "제가",
    "ครับ",
    "ค่ะ",
    "أنا",
    "نحن",
    "אני",
    "אנחנו",
)
