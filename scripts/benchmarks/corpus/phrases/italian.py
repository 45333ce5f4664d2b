"""Italian, in a short form: as people speak on the phone in Italy, both halves.

No phrase is in both halves. Many of the short ones are known as text to a test of the locale's word lists: what `test`
holds out is their voices, what the agent says, and how they are heard.
"""

from scripts.benchmarks.corpus.phrases.phrase_set import SOUNDS_SHORT, PhraseSet, listed, pairs

TUNE = PhraseSet(
    acknowledgements=listed("""
    Sì. / Va bene. / Okay. / Certo. / Ho capito. / Bene. / Esatto. / Sì, sì. / D'accordo. / Perfetto. / Ah, okay. /
    Giusto. / Capisco. / Benissimo. / Ah, sì. / Infatti. / Sì, certo. / Ottimo. / Mm-hmm. / Grazie.
    """),
    repeated=pairs("""
    Sì. | Okay.
    Mm-hmm. | Sì. | Certo.
    """),
    commands=listed("""
    Stop. / Aspetti. / Un momento. / Un attimo. / No. / No, no. / Basta. / Si fermi. / Mi scusi. /
    Posso chiedere una cosa? / Ripeta, per favore. / Più piano, per favore. / Ho una domanda. / Annulli. /
    Aspetti un momento.
    """),
    mixed=pairs("""
    Sì, okay, | ma aspetti.
    Bene, | ma quanto costa?
    Mm-hmm, | un attimo.
    Sì, sì, | questo lo so già.
    Va bene, | ancora una domanda.
    Okay, | no, basta.
    """),
    content=listed("""
    Quanto costa? / Vorrei un appuntamento. / Domani mattina. / Mi chiamo Rossi. / A che ora aprite? /
    Venerdì non posso. / Dove siete esattamente? / Ho un forte mal di denti. / Per due persone. / Chi parla? /
    Devo disdire l'appuntamento. / Alle nove e mezza. / Che giorno è? / Non c'è niente più tardi? / Perché?
    """),
    asides=listed("""
    Chiudi la porta. / Sono al telefono. / Non adesso, amore. / Lascialo sul tavolo. / Chi è alla porta?
    """),
    tics=("Ehm.", "Eh.", "Mmm.", *SOUNDS_SHORT),
    answers=listed("Sì. / Sì, grazie. / Sì, volentieri. / Esatto. / Va bene. / Mi va bene. / No, grazie."),
    speeches=(
        "Grazie per aver chiamato lo studio dentistico del porto. Siamo aperti dal lunedì al venerdì dalle nove "
        "alle diciotto, e il primo sabato del mese dalle dieci alle quattordici. Una visita con pulizia costa "
        "novanta euro. Porti per favore la tessera sanitaria e un elenco delle medicine che prende.",
        "Le spiego come funziona la cura. Alla prima visita la dentista guarda ogni dente e fa le radiografie. "
        "Poi riceve un piano con tutti i passi e con il costo di ognuno. La maggior parte dei pazienti ha bisogno "
        "di due visite, a una settimana di distanza, e ognuna dura quaranta minuti.",
    ),
    questions=(
        ("C'è un posto venerdì alle dieci. Glielo prenoto?", ""),
        ("Allora è martedì alle tre. È giusto?", "Riceverà un messaggio con l'indirizzo."),
        ("Vuole un promemoria il giorno prima?", ""),
    ),
    greeting="Studio dentistico del porto, buongiorno.",
)

TEST = PhraseSet(
    acknowledgements=listed("""
    Sì, va bene. / Sì, okay. / Sì, esatto. / Sì, ho capito. / Sì, giusto. / Sì, infatti. / Sì, lo so. /
    Sì, perfetto. / Sì, d'accordo. / Okay, va bene. / Okay, bene. / Okay, perfetto. / Okay, grazie. / Okay, capito. /
    Ah, va bene. / Ah, bene. / Ah, capisco. / Ah, ecco. / Ah, ho capito. / Ah, però. / Va bene, va bene. /
    Va bene, grazie. / Certo, certo. / Certamente. / Molto bene. / Bene, bene. / Bello. / Fantastico. / Splendido. /
    Meraviglioso. / Proprio così. / È vero. / Senz'altro. / Naturalmente. / Chiaro. / Ricevuto. / Nessun problema. /
    Mi sembra giusto. / Che bello. / Grazie mille.
    """),
    repeated=pairs("""
    Ah, va bene. | Sì, okay.
    Certo, certo. | Ah, bene. | Chiaro.
    Molto bene. | Sì, esatto.
    Ah, ecco. | Okay, grazie.
    """),
    commands=listed("""
    Stop, stop. / Fermo, fermo. / Si fermi un attimo. / Aspetti, aspetti. / Aspetti un secondo. /
    Aspetti, per favore. / Un secondo. / Un attimino. / Un momento, per favore. / No, non questo. / No, è sbagliato. /
    No, non è così. / No, no, si fermi. / Mi lasci parlare. / Mi faccia dire una cosa. / Mi ascolti. /
    Senta, una cosa. / Può fermarsi? / Stia zitto. / Ora basta. / La posso interrompere? / Come, scusi? /
    Può ripetere? / Parli più piano. / Lasci perdere. / Lasci stare. / Una domanda veloce. /
    Voglio parlare con una persona.
    """),
    mixed=pairs("""
    Sì, benissimo, | ma io volevo un'altra cosa.
    Okay, perfetto, | e quanto è al mese?
    Ah, sì, | aspetti un secondo.
    Capisco, | ma il pacco non è arrivato.
    Mm-hmm, sì, | può ripetere?
    Bene, | allora prendo il treno prima.
    Sì, certo, | ma non prima delle dieci.
    Ottimo, | e quando viene il tecnico?
    Esatto, | ma la mia carta è bloccata.
    Ah, ho capito, | no, così non mi serve.
    D'accordo, | mi faccia dire una cosa.
    Sì, sì, | però mi ascolti.
    """),
    content=listed("""
    Ho perso la carta. / Qual è il mio saldo? / C'è un addebito strano. / Il pacco è arrivato rotto. /
    Sono a casa dopo le cinque. / Lo lasci al vicino. / Un tavolo per quattro. / Avete qualcosa senza glutine? /
    Arriviamo con venti minuti di ritardo. / Mi hanno tamponato la macchina. / I danni da acqua sono coperti? /
    Da lunedì. / Internet non funziona. / La luce rossa lampeggia. / A giugno cambio casa. / Da che binario parte? /
    Mi hanno cancellato il volo. / La colazione è compresa? / Mi serve una ricetta. / Sono arrivati i risultati? /
    È per mia figlia. / Sette quattro uno nove. / Si scrive con due enne. / Con chi parlo? / Questo l'ho già pagato. /
    Il quattordici marzo. / Dopo pranzo. / È andata via la luce.
    """),
    asides=listed("""
    Mettiti le scarpe. / Hai visto la mia penna? / Mamma, sto parlando. / Portalo in cucina. /
    Un caffè da portare via. / Lascia stare il gatto. / Ti richiamo, Marco. / Vieni qui, bello. /
    Bambini, più piano. / Saluta la nonna.
    """),
    tics=("Eeh.", "Mah.", "Uff.", *SOUNDS_SHORT),
    answers=listed("""
    Sì, può andare. / Sì, mi va bene. / Sì, faccia pure. / Faccia pure. / Sì, è corretto. / Sì, mi piacerebbe. /
    Perché no. / Credo di sì. / Meglio di no. / Sì, è comodo. / Con piacere. / Sarebbe perfetto.
    """),
    speeches=(
        "Benvenuto alla Banca del Nord. Il suo conto corrente non costa nulla finché ogni mese entrano ottocento "
        "euro. I bonifici nel paese arrivano lo stesso giorno, e all'estero servono fino a tre giorni lavorativi. "
        "Tutti gli estratti conto si trovano nell'applicazione, alla voce documenti, e ci restano per dieci anni.",
        "Il suo pacco è partito questa mattina dal deposito di Bologna alle cinque e venti. L'autista ha novanta "
        "fermate, e la sua è la numero sessantuno. Se nessuno apre la porta, il pacco va nel negozio all'angolo "
        "di via del Mulino. Lì resta sette giorni, e per ritirarlo serve il codice del messaggio.",
    ),
    questions=(
        ("Il prossimo posto libero è lunedì alle due e un quarto. Le va bene?", ""),
        ("Le posso mandare il modulo per posta elettronica. Le sarebbe utile?", "Ha solo due pagine."),
        ("La carta nuova sarebbe da lei mercoledì. La ordino?", ""),
        ("C'è un altro treno alle sei e mezza. Preferisce quello?", "Arriva poco dopo le nove."),
    ),
    greeting="Banca del Nord, buonasera.",
)
