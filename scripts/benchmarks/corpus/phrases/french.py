"""French, in a short form: as people speak on the phone in France, both halves.

No phrase is in both halves. Many of the short ones are known as text to a test of the locale's word lists: what `test`
holds out is their voices, what the agent says, and how they are heard.
"""

from scripts.benchmarks.corpus.phrases.phrase_set import SOUNDS_SHORT, PhraseSet, listed, pairs

TUNE = PhraseSet(
    acknowledgements=listed("""
    Oui. / D'accord. / OK. / Ouais. / Bien. / Très bien. / Mm-hmm. / Ah bon. / Je vois. / Bien sûr. / Oui, oui. /
    Parfait. / Voilà. / Exactement. / Entendu. / Ah oui. / C'est ça. / Super. / Je comprends. / Merci.
    """),
    repeated=pairs("""
    Oui. | D'accord.
    Mm-hmm. | Ouais. | OK.
    """),
    commands=listed("""
    Stop. / Attendez. / Un instant. / Une seconde. / Non. / Non, non. / Arrêtez. / Excusez-moi. / Ça suffit. /
    Je peux poser une question? / Répétez, s'il vous plaît. / Moins vite, s'il vous plaît. / J'ai une question. /
    Annulez. / Attendez une minute.
    """),
    mixed=pairs("""
    Oui, d'accord, | mais attendez.
    Bien, | mais combien ça coûte?
    Mm-hmm, | un instant.
    Oui, oui, | ça je le sais.
    Très bien, | une question encore.
    OK, | non, arrêtez.
    """),
    content=listed("""
    Combien ça coûte? / Je voudrais un rendez-vous. / Demain matin. / Je m'appelle Martin. /
    Vous ouvrez à quelle heure? / Vendredi je ne peux pas. / Vous êtes où exactement? / J'ai très mal aux dents. /
    Pour deux personnes. / C'est qui? / Je dois annuler mon rendez-vous. / À neuf heures et demie. /
    C'est quel jour? / Vous avez plus tard? / Pourquoi?
    """),
    asides=listed("""
    Ferme la porte. / Je suis au téléphone. / Pas maintenant, chéri. / Pose ça sur la table. / Qui est à la porte?
    """),
    tics=("Euh.", "Hum.", "Ben.", *SOUNDS_SHORT),
    answers=listed("Oui. / Oui, s'il vous plaît. / Oui, volontiers. / C'est ça. / D'accord. / Ça me va. / Non, merci."),
    speeches=(
        "Merci d'avoir appelé le cabinet dentaire du port. Nous sommes ouverts du lundi au vendredi de neuf "
        "heures à dix-huit heures, et le premier samedi du mois de dix heures à quatorze heures. Un contrôle avec "
        "détartrage coûte quatre-vingt-dix euros. Apportez votre carte d'assurance et la liste des médicaments "
        "que vous prenez.",
        "Voici comment se passe le traitement. À la première visite, la dentiste regarde chaque dent et prend des "
        "radiographies. Ensuite vous recevez un plan avec toutes les étapes et le prix de chacune. La plupart des "
        "patients ont besoin de deux visites, à une semaine d'intervalle, et chacune dure quarante minutes.",
    ),
    questions=(
        ("Il y a une place vendredi à dix heures. Je vous la réserve?", ""),
        ("C'est donc mardi à trois heures. C'est bien ça?", "Vous recevrez un message avec l'adresse."),
        ("Voulez-vous un rappel la veille?", ""),
    ),
    greeting="Cabinet dentaire du port, bonjour.",
)

TEST = PhraseSet(
    acknowledgements=listed("""
    Ah d'accord. / Ah OK. / Ah, je vois. / Ah, très bien. / Ah, super. / Ah oui, d'accord. / Oui, bien sûr. /
    Oui, je vois. / Oui, voilà. / Oui, c'est ça. / Oui, exactement. / Oui, je comprends. / Oui, très bien. /
    Oui, parfait. / Oui, tout à fait. / OK, d'accord. / OK, très bien. / OK, parfait. / OK, merci. /
    D'accord, d'accord. / D'accord, très bien. / D'accord, merci. / Ouais, ouais. / Ouais, d'accord. / Tout à fait. /
    Effectivement. / Évidemment. / Absolument. / Génial. / Impeccable. / Nickel. / Formidable. / C'est bien. /
    C'est vrai. / C'est noté. / Ça marche. / Pas de problème. / Pas de souci. / Compris. / Merci beaucoup.
    """),
    repeated=pairs("""
    Ah d'accord. | Oui, très bien.
    Ouais, ouais. | Ah OK. | C'est bien.
    Tout à fait. | Ça marche.
    Oui, voilà. | OK, parfait.
    """),
    commands=listed("""
    Stop, stop. / Arrêtez, s'il vous plaît. / Attendez, attendez. / Attendez un peu. / Attendez, s'il vous plaît. /
    Un moment. / Un petit instant. / Deux secondes. / Une petite seconde. / Non, c'est faux. / Non, pas ça. /
    Non, ce n'est pas ça. / Non, non, arrêtez. / Laissez-moi parler. / Laissez-moi dire une chose. / Écoutez-moi. /
    Écoutez, stop. / Vous pouvez arrêter? / Taisez-vous. / C'est bon, ça suffit. / Je peux vous interrompre? /
    Pardon? / Vous pouvez répéter? / Parlez moins vite. / Laissez tomber. / Oubliez ça. / Petite question. /
    Je veux parler à quelqu'un.
    """),
    mixed=pairs("""
    Oui, très bien, | mais je voulais autre chose.
    OK, parfait, | et c'est combien par mois?
    Ah oui, | deux secondes.
    Je comprends, | mais le colis n'est pas arrivé.
    Mm-hmm, oui, | vous pouvez répéter?
    Bon, | alors je prends le train d'avant.
    Oui, bien sûr, | mais pas avant dix heures.
    Super, | et le technicien vient quand?
    Exactement, | mais ma carte est bloquée.
    Ah d'accord, | non, ça ne m'aide pas.
    Très bien, | laissez-moi dire une chose.
    Oui, oui, | mais écoutez-moi.
    """),
    content=listed("""
    J'ai perdu ma carte. / Quel est mon solde? / Il y a un prélèvement bizarre. / Le colis est arrivé cassé. /
    Je ne suis pas là avant cinq heures. / Chez le voisin. / Une table pour quatre. /
    Vous avez quelque chose sans gluten? / On aura vingt minutes de retard. / Quelqu'un a embouti ma voiture. /
    Le dégât des eaux est couvert? / Depuis lundi. / Internet ne marche plus. / Le voyant rouge clignote. /
    Je déménage en juin. / Il part de quel quai? / Mon vol est annulé. / Le petit déjeuner est compris? /
    Il me faut une ordonnance. / Les résultats sont arrivés? / C'est pour ma fille. / Sept quatre un neuf. /
    Ça s'écrit avec deux N. / Qui est à l'appareil? / Je l'ai déjà payé. / Le quatorze mars. / Après le déjeuner. /
    On n'a plus d'électricité.
    """),
    asides=listed("""
    Mets tes chaussures. / Tu as vu mon stylo? / Maman, je suis en ligne. / Mets ça dans la cuisine. /
    Un café à emporter. / Laisse le chat tranquille. / Je te rappelle, Paul. / Viens ici, le chien. /
    Les enfants, moins fort. / Dis bonjour à mamie.
    """),
    tics=("Heu.", "Bah.", "Pff.", *SOUNDS_SHORT),
    answers=listed("""
    Oui, ça va. / Oui, c'est parfait. / Oui, allez-y. / Allez-y. / Oui, c'est exact. / Oui, je veux bien. /
    Pourquoi pas. / Je crois que oui. / Plutôt pas. / Oui, ça m'arrange. / Avec plaisir. / Ce serait bien.
    """),
    speeches=(
        "Bienvenue à la Banque du Nord. Votre compte courant ne coûte rien tant que huit cents euros arrivent "
        "chaque mois. Les virements dans le pays arrivent le jour même, et vers l'étranger il faut jusqu'à trois "
        "jours ouvrables. Tous vos relevés se trouvent dans l'application, sous documents, et ils y restent "
        "pendant dix ans.",
        "Votre colis a quitté le dépôt de Dijon ce matin à cinq heures vingt. Le livreur a quatre-vingt-dix "
        "arrêts, et le vôtre porte le numéro soixante et un. Si personne n'ouvre, le colis va au magasin au coin "
        "de la rue du Moulin. Il y reste sept jours, et pour le retirer il vous faut le code du message.",
    ),
    questions=(
        ("La prochaine place est lundi à deux heures et quart. Cela vous convient?", ""),
        ("Je peux vous envoyer le formulaire. Cela vous aiderait?", "Il ne fait que deux pages."),
        ("La nouvelle carte serait chez vous mercredi. Je la commande?", ""),
        ("Il y a un autre train à six heures et demie. Vous préférez celui-là?", "Il arrive peu après neuf heures."),
    ),
    greeting="Banque du Nord, bonjour.",
)
