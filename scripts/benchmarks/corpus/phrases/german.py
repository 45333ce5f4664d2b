"""German, in a short form: how people in Germany speak on the phone, both halves.

No phrase is in both halves. Many of the short ones are known as text to a test of the locale's word lists: what `test`
holds out is their voices, what the agent says, and how they are heard.
"""

from scripts.benchmarks.corpus.phrases.phrase_set import SOUNDS_SHORT, PhraseSet, listed, pairs

TUNE = PhraseSet(
    acknowledgements=listed("""
    Okay. / Ja. / Genau. / Mhm. / Gut. / Alles klar. / Ach so. / Verstehe. / Klar. / Stimmt. / Super. / Ja, ja. /
    In Ordnung. / Aha. / Ja, genau. / Ja, gut. / Sehr gut. / Prima. / Natürlich. / Danke.
    """),
    repeated=pairs("""
    Ja. | Okay.
    Mhm. | Genau. | Ja.
    """),
    commands=listed("""
    Stopp. / Halt. / Moment. / Warten Sie. / Moment mal. / Einen Moment bitte. / Nein. / Nein, stopp. /
    Hören Sie auf. / Entschuldigung. / Das reicht. / Darf ich was fragen? / Noch mal bitte. / Langsamer bitte. /
    Ich habe eine Frage.
    """),
    mixed=pairs("""
    Ja, okay, | aber warten Sie.
    Gut, | aber was kostet das?
    Mhm, | Moment mal.
    Ja, ja, | das weiß ich schon.
    Alles klar, | eine Frage noch.
    Okay, | nein, stopp.
    """),
    content=listed("""
    Was kostet das? / Ich möchte einen Termin. / Morgen früh. / Mein Name ist Schneider. / Wann haben Sie auf? /
    Am Freitag kann ich nicht. / Wo sind Sie genau? / Ich habe starke Zahnschmerzen. / Zwei Personen. / Wer ist da? /
    Ich muss den Termin absagen. / Um halb zehn. / Welcher Tag ist das? / Geht es auch später? / Warum?
    """),
    asides=listed("""
    Mach mal die Tür zu. / Ich telefoniere gerade. / Nicht jetzt, Schatz. / Leg es auf den Tisch. /
    Wer ist an der Tür?
    """),
    tics=("Ähm.", "Äh.", "Öh.", *SOUNDS_SHORT),
    answers=listed("Ja. / Ja, bitte. / Ja, gerne. / Genau. / Okay. / Das passt. / Nein, danke."),
    speeches=(
        "Willkommen in der Zahnarztpraxis am Hafen. Wir haben montags bis freitags von neun bis achtzehn Uhr "
        "geöffnet, und an jedem ersten Samstag im Monat von zehn bis vierzehn Uhr. Eine Untersuchung mit "
        "Reinigung kostet neunzig Euro. Bringen Sie bitte Ihre Versichertenkarte mit, und eine Liste der "
        "Medikamente, die Sie nehmen.",
        "So läuft die Behandlung ab. Beim ersten Besuch sieht sich die Ärztin jeden Zahn an und macht Aufnahmen. "
        "Danach bekommen Sie einen Plan mit allen Schritten und den Kosten. Die meisten brauchen zwei Besuche im "
        "Abstand von einer Woche, und jeder dauert etwa vierzig Minuten.",
    ),
    questions=(
        ("Am Freitag um zehn ist etwas frei. Soll ich das für Sie eintragen?", ""),
        ("Das ist also Dienstag um drei. Ist das richtig?", "Sie bekommen eine Nachricht mit der Adresse."),
        ("Möchten Sie eine Erinnerung am Tag davor?", ""),
    ),
    greeting="Zahnarztpraxis am Hafen, guten Morgen.",
)

TEST = PhraseSet(
    acknowledgements=listed("""
    Jo. / Jawohl. / Ja, klar. / Ja, okay. / Ja, stimmt. / Ja, verstehe. / Ja, mhm. / Ja, das stimmt. / Ja, sicher. /
    Ja, natürlich. / Okay, gut. / Okay, super. / Okay, alles klar. / Okay, verstanden. / Ah ja. / Ah, okay. /
    Ach, super. / Ach, schön. / Ach, echt. / Genau, genau. / Gut, gut. / Schön. / Wunderbar. / Perfekt. / Toll. /
    Einverstanden. / Kein Problem. / Passt. / Das ist gut. / Das klingt gut. / Hab ich verstanden. / Na gut. /
    Na klar. / Sicher. / Freut mich. / Vielen Dank. / Ja, prima. / Mhm, mhm. / Richtig. / Logisch.
    """),
    repeated=pairs("""
    Ah ja. | Okay, gut.
    Ja, mhm. | Richtig. | Schön.
    Ah, okay. | Passt.
    Na klar. | Super, ja.
    """),
    commands=listed("""
    Stopp, stopp. / Halt, halt. / Jetzt warten Sie mal. / Warten Sie kurz. / Warten Sie bitte. / Moment, Moment. /
    Kleinen Moment. / Eine Sekunde. / Sekunde bitte. / Nein, nein. / Nein, das ist falsch. / Nein, so nicht. /
    Hören Sie mal. / Lassen Sie mich ausreden. / Lassen Sie mich mal was sagen. / Können Sie kurz aufhören? /
    Das genügt. / Genug jetzt. / Ruhe bitte. / Darf ich Sie unterbrechen? / Kurze Frage. / Wie bitte? /
    Können Sie das wiederholen? / Sagen Sie das noch einmal. / Nicht so schnell. / Brechen Sie das ab. /
    Vergessen Sie es. / Ich will mit einem Menschen sprechen.
    """),
    mixed=pairs("""
    Ja, schön, | aber ich wollte etwas anderes.
    Okay, gut, | wie viel macht das im Monat?
    Ah ja, | Sekunde bitte.
    Verstehe, | aber das Paket ist nicht da.
    Mhm, ja, | können Sie das wiederholen?
    Na gut, | dann nehme ich den früheren Zug.
    Ja, klar, | nur nicht vor zehn.
    Super, | und wann kommt der Techniker?
    Genau, | aber meine Karte ist gesperrt.
    Ach so, | nein, das hilft mir nicht.
    Alles klar, | lassen Sie mich mal was sagen.
    Ja, ja, | jetzt warten Sie mal.
    """),
    content=listed("""
    Meine Karte ist weg. / Wie hoch ist mein Guthaben? / Da fehlt eine Buchung. / Das Paket kam kaputt an. /
    Ich bin erst ab fünf zu Hause. / Beim Nachbarn bitte. / Einen Tisch für vier. / Haben Sie etwas ohne Nüsse? /
    Wir kommen zwanzig Minuten später. / Jemand hat mein Auto gerammt. / Ist Wasserschaden versichert? /
    Seit Montag. / Das Internet geht nicht. / Die Lampe blinkt rot. / Ich ziehe im Juni um. /
    Von welchem Gleis fährt er? / Mein Flug wurde gestrichen. / Ist Frühstück dabei? / Ich brauche ein Rezept. /
    Sind die Werte schon da? / Es geht um meine Tochter. / Sieben vier eins neun. / Mit Doppel-N. /
    Wer ist denn zuständig? / Das habe ich schon bezahlt. / Am vierzehnten März. / Nach dem Mittagessen. /
    Der Strom ist ausgefallen.
    """),
    asides=listed("""
    Zieh deine Schuhe an. / Hast du meinen Stift gesehen? / Mama, ich telefoniere. / Stell das bitte in die Küche. /
    Einen Kaffee zum Mitnehmen. / Lass die Katze in Ruhe. / Ich ruf dich gleich zurück. / Komm her, Bello. /
    Seid mal leise, Kinder. / Sag Oma schönen Gruß.
    """),
    tics=("Hm, äh.", "Ehm.", "Puh.", *SOUNDS_SHORT),
    answers=listed("""
    Ja, das passt. / Ja, das wäre gut. / Ja, machen Sie das. / Gern. / Das stimmt so. / Ja, so machen wir es. /
    Warum nicht. / Ich denke schon. / Lieber nicht. / Ja, richtig. / Passt mir gut. / Klar, gerne.
    """),
    speeches=(
        "Guten Tag bei der Nordbank. Ihr Girokonto kostet nichts, solange jeden Monat achthundert Euro eingehen. "
        "Überweisungen im Inland kommen am selben Tag an, ins Ausland dauert es bis zu drei Werktage. Alle "
        "Auszüge finden Sie in der App unter Dokumente, dort bleiben sie zehn Jahre lang liegen.",
        "Ihr Paket hat heute früh um zwanzig nach fünf das Lager in Kassel verlassen. Der Fahrer hat neunzig "
        "Halte, und Ihrer ist die Nummer einundsechzig. Wenn niemand öffnet, geht das Paket in den Laden an der "
        "Ecke Mühlenweg. Dort liegt es sieben Tage, und zum Abholen brauchen Sie den Code aus der Nachricht.",
    ),
    questions=(
        ("Der nächste freie Termin ist Montag um Viertel nach zwei. Passt Ihnen das?", ""),
        ("Ich kann Ihnen das Formular schicken. Würde Ihnen das helfen?", "Es hat nur zwei Seiten."),
        ("Die neue Karte wäre am Mittwoch bei Ihnen. Soll ich sie bestellen?", ""),
        ("Es gibt noch einen Zug um halb sieben. Möchten Sie den nehmen?", "Er ist kurz nach neun da."),
    ),
    greeting="Nordbank, guten Tag.",
)
