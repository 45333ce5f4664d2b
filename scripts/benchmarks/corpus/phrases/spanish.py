"""Spanish, in a short form: as people speak on the phone in Spain, both halves.

No phrase is in both halves. Many of the short ones are known as text to a test of the locale's word lists: what `test`
holds out is their voices, what the agent says, and how they are heard.
"""

from scripts.benchmarks.corpus.phrases.phrase_set import SOUNDS_SHORT, PhraseSet, listed, pairs

TUNE = PhraseSet(
    acknowledgements=listed("""
    Sí. / Vale. / Ya. / Claro. / De acuerdo. / Bien. / Muy bien. / Ajá. / Sí, sí. / Entiendo. / Perfecto. /
    Ah, vale. / Exacto. / Ya veo. / Por supuesto. / Bueno. / Genial. / Eso es. / Sí, claro. / Gracias.
    """),
    repeated=pairs("""
    Sí. | Vale.
    Ajá. | Ya. | Claro.
    """),
    commands=listed("""
    Para. / Pare. / Espere. / Un momento. / Espera un momento. / No. / No, no. / Pare, por favor. / Perdone. /
    Ya basta. / ¿Puedo preguntar algo? / Repita, por favor. / Más despacio, por favor. / Tengo una pregunta. /
    Cancele.
    """),
    mixed=pairs("""
    Sí, vale, | pero espere.
    Bien, | pero ¿cuánto cuesta?
    Ajá, | un momento.
    Sí, sí, | eso ya lo sé.
    De acuerdo, | una pregunta.
    Vale, | no, pare.
    """),
    content=listed("""
    ¿Cuánto cuesta? / Quiero pedir una cita. / Mañana por la mañana. / Me llamo García. / ¿A qué hora abren? /
    El viernes no puedo. / ¿Dónde están ustedes? / Me duele mucho una muela. / Para dos personas. / ¿Quién es? /
    Tengo que anular la cita. / A las nueve y media. / ¿Qué día es ese? / ¿No hay nada más tarde? / ¿Por qué?
    """),
    asides=listed("""
    Cierra la puerta. / Estoy al teléfono. / Ahora no, cariño. / Déjalo en la mesa. / ¿Quién llama a la puerta?
    """),
    tics=("Eh.", "Em.", "Mmm.", *SOUNDS_SHORT),
    answers=listed("Sí. / Sí, por favor. / Sí, claro. / Exacto. / Vale. / Me va bien. / No, gracias."),
    speeches=(
        "Gracias por llamar a la clínica dental del puerto. Abrimos de lunes a viernes de nueve a seis, y el "
        "primer sábado de cada mes de diez a dos. Una revisión con limpieza cuesta noventa euros, y la primera "
        "visita incluye unas fotografías. Traiga por favor la tarjeta del seguro y una lista de los medicamentos "
        "que toma.",
        "Le explico cómo es el tratamiento. En la primera visita la dentista mira todos los dientes y hace "
        "radiografías. Después recibe usted un plan con todos los pasos y con lo que cuesta cada uno. La mayoría "
        "de los pacientes necesita dos visitas, con una semana entre ellas, y cada una dura cuarenta minutos.",
    ),
    questions=(
        ("Hay un hueco el viernes a las diez. ¿Se lo reservo?", ""),
        ("Entonces es el martes a las tres. ¿Es correcto?", "Recibirá un mensaje con la dirección."),
        ("¿Quiere un recordatorio el día anterior?", ""),
    ),
    greeting="Clínica dental del puerto, buenos días.",
)

TEST = PhraseSet(
    acknowledgements=listed("""
    Ya, ya. / Vale, vale. / Vale, sí. / Vale, bien. / Vale, perfecto. / Vale, entendido. / Vale, gracias. / Ah, sí. /
    Ah, ya. / Ah, bien. / Ah, bueno. / Ah, muy bien. / Ah, qué bien. / Sí, ya. / Sí, vale. / Sí, bien. /
    Sí, entiendo. / Sí, ya veo. / Sí, lo sé. / Sí, exacto. / Sí, eso es. / Sí, perfecto. / Claro, claro. /
    Claro que sí. / Estupendo. / Fenomenal. / Fantástico. / Qué bien. / Qué bueno. / Correcto. / Así es. / Cierto. /
    Desde luego. / Entendido. / Comprendo. / Muy bien, gracias. / Me parece bien. / Suena bien. / Sin problema. /
    Muchas gracias.
    """),
    repeated=pairs("""
    Ah, sí. | Vale, bien.
    Ya, ya. | Qué bien. | Sí, ya.
    Estupendo. | Claro, claro.
    Correcto. | Ah, bueno.
    """),
    commands=listed("""
    Pare, pare. / Para, para. / Oiga, pare. / Espere, espere. / Espere un segundo. / Espere, por favor. /
    Un segundo. / Un momentito. / Un momento, por favor. / No, eso no. / No, eso está mal. / No, no es eso. /
    No, gracias, pare ya. / Déjeme hablar. / Déjeme decir una cosa. / Escúcheme. / Oiga, una cosa. / ¿Puede parar? /
    ¿Puede callarse un momento? / Es suficiente. / Cállese. / ¿Le puedo interrumpir? / ¿Cómo dice? / ¿Me lo repite? /
    Más lento, por favor. / Anúlelo. / Déjelo. / Quiero hablar con una persona.
    """),
    mixed=pairs("""
    Sí, muy bien, | pero yo quería otra cosa.
    Vale, perfecto, | ¿y cuánto es al mes?
    Ah, sí, | espere un segundo.
    Entiendo, | pero el paquete no ha llegado.
    Ajá, sí, | ¿me lo repite?
    Bueno, | entonces cojo el tren de antes.
    Sí, claro, | pero no antes de las diez.
    Genial, | ¿y cuándo viene el técnico?
    Exacto, | pero mi tarjeta está bloqueada.
    Ah, ya, | no, eso no me sirve.
    De acuerdo, | déjeme decir una cosa.
    Sí, sí, | pero escúcheme.
    """),
    content=listed("""
    He perdido la tarjeta. / ¿Cuánto saldo tengo? / Hay un cargo que no es mío. / El paquete llegó roto. /
    No estoy en casa hasta las cinco. / Déjelo con el vecino. / Una mesa para cuatro. / ¿Tienen algo sin gluten? /
    Llegaremos veinte minutos tarde. / Me han dado un golpe en el coche. / ¿Cubre los daños por agua? /
    Desde el lunes. / No me funciona internet. / La luz roja parpadea. / Me mudo en junio. / ¿De qué andén sale? /
    Me han cancelado el vuelo. / ¿El desayuno está incluido? / Necesito una receta. / ¿Ya están los resultados? /
    Es para mi hija. / Siete cuatro uno nueve. / Se escribe con be. / ¿Con quién hablo? / Eso ya lo pagué. /
    El catorce de marzo. / Después de comer. / Se ha ido la luz.
    """),
    asides=listed("""
    Ponte los zapatos. / ¿Has visto mi boli? / Mamá, que estoy hablando. / Llévalo a la cocina. /
    Un café para llevar. / Deja en paz al gato. / Luego te llamo, Juan. / Ven aquí, perrito. / Niños, más bajo. /
    Saluda a la abuela.
    """),
    tics=("Este.", "Eeh.", "Uf.", *SOUNDS_SHORT),
    answers=listed("""
    Sí, está bien. / Sí, me va bien. / Sí, adelante. / Adelante. / Sí, es correcto. / Sí, hágalo. / Por qué no. /
    Creo que sí. / Mejor no. / Sí, me gustaría. / Perfecto, sí. / Eso sería estupendo.
    """),
    speeches=(
        "Bienvenido al Banco del Norte. Su cuenta corriente no tiene gastos mientras entren ochocientos euros "
        "cada mes. Las transferencias dentro del país llegan el mismo día, y al extranjero tardan hasta tres días "
        "laborables. Todos los extractos están en la aplicación, en el apartado de documentos, y allí se guardan "
        "diez años.",
        "Su paquete salió esta mañana del almacén de Zaragoza a las cinco y veinte. El conductor tiene noventa "
        "paradas y la suya es la número sesenta y uno. Si nadie abre la puerta, el paquete se queda en la tienda "
        "de la esquina de la calle del Molino. Allí lo guardan siete días, y para recogerlo hace falta el código "
        "del mensaje.",
    ),
    questions=(
        ("La próxima hora libre es el lunes a las dos y cuarto. ¿Le viene bien?", ""),
        ("Le puedo mandar el formulario por correo. ¿Le ayudaría?", "Solo tiene dos páginas."),
        ("La tarjeta nueva le llegaría el miércoles. ¿La pido?", ""),
        ("Hay otro tren a las seis y media. ¿Prefiere ese?", "Llega poco después de las nueve."),
    ),
    greeting="Banco del Norte, buenas tardes.",
)
