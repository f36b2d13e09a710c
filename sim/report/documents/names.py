"""What are figures, columns and changes called in each language? Names that results have in English."""

from __future__ import annotations

import re

from sim.report.documents.texts import ORDER, Language

NAMES: dict[str, tuple[str, str, str]] = {
    # Figures
    "Arrivals": ("Ankünfte", "Arrivées", "Llegadas"),
    "Chats offered": ("Angebotene Chats", "Chats présentés", "Chats ofrecidos"),
    "Served": ("Bedient", "Servis", "Atendidos"),
    "Abandoned": ("Abgebrochen", "Abandonnés", "Abandonados"),
    "Missed": ("Verpasst", "Manqués", "Perdidos"),
    "Missed share": ("Anteil verpasst", "Part manquée", "Proporción perdida"),
    "Abandonment": ("Abbruchrate", "Taux d’abandon", "Tasa de abandono"),
    "Completion": ("Anteil bedient", "Part servie", "Proporción atendida"),
    "Success rate": ("Erfolgsrate", "Taux de réussite", "Tasa de éxito"),
    "Service level": ("Servicelevel", "Niveau de service", "Nivel de servicio"),
    "Share that waits": ("Anteil, der wartet", "Part qui attend", "Proporción que espera"),
    "Wait, all": ("Wartezeit, alle", "Attente, tous", "Espera, todos"),
    "ASA": ("ASA", "ASA", "ASA"),
    "Wait, 90th percentile": ("Wartezeit, 90. Perzentil", "Attente, 90e centile", "Espera, percentil 90"),
    "Queue length": ("Warteschlange", "File d’attente", "Longitud de la cola"),
    "First response": ("Erste Antwort", "Première réponse", "Primera respuesta"),
    "Response": ("Antwortzeit", "Temps de réponse", "Tiempo de respuesta"),
    "Chat duration": ("Chatdauer", "Durée du chat", "Duración del chat"),
    "AHT": ("AHT", "DMT", "TMO"),
    "Hours on duty": ("Stunden im Dienst", "Heures de présence", "Horas de servicio"),
    "Agents on duty": ("Agenten im Dienst", "Agents présents", "Agentes de servicio"),
    "Occupancy": ("Auslastung", "Occupation", "Ocupación"),
    "Slot utilisation": ("Belegung der Plätze", "Occupation des places", "Uso de las plazas"),
    "Attention": ("Aufmerksamkeit", "Attention", "Atención"),
    "Paid hours": ("Bezahlte Stunden", "Heures payées", "Horas pagadas"),
    "Shrinkage": ("Schwund", "Temps non productif", "Tiempo no productivo"),
    "Resolution": ("Gelöst", "Résolution", "Resolución"),
    "CSAT": ("CSAT", "CSAT", "CSAT"),
    "Days that keep all": ("Tage, die alles halten", "Jours qui tiennent tout", "Días que lo cumplen todo"),
    # Heads and titles
    "Targets": ("Ziele", "Objectifs", "Objetivos"),
    "Figure": ("Kennzahl", "Chiffre", "Cifra"),
    "Target": ("Ziel", "Objectif", "Objetivo"),
    "Value": ("Wert", "Valeur", "Valor"),
    "95 % interval": ("95-%-Intervall", "Intervalle à 95 %", "Intervalo del 95 %"),
    "Worst interval": ("Schlechtestes Intervall", "Pire intervalle", "Peor intervalo"),
    "Verdict": ("Urteil", "Verdict", "Veredicto"),
    "From": ("Von", "De", "Desde"),
    "To": ("Bis", "À", "Hasta"),
    "Interval": ("Intervall", "Intervalle", "Intervalo"),
    "By interval": ("Nach Intervall", "Par intervalle", "Por intervalo"),
    "By day": ("Nach Tag", "Par jour", "Por día"),
    "Day": ("Tag", "Jour", "Día"),
    "Chats": ("Chats", "Chats", "Chats"),
    "Agents": ("Agenten", "Agents", "Agentes"),
    "Queue": ("Queue", "File", "Cola"),
    "Group": ("Gruppe", "Groupe", "Grupo"),
    "One agent fewer": ("Ein Agent weniger", "Un agent de moins", "Un agente menos"),
    "What would change it": (
        "Was etwas daran ändern würde", "Ce qui y changerait quelque chose", "Lo que lo cambiaría",
    ),
    "In group": ("In Gruppe", "Dans le groupe", "En el grupo"),
    "As it is": ("Wie es ist", "Tel quel", "Tal como está"),
    "Difference": ("Unterschied", "Différence", "Diferencia"),
    "Change": ("Änderung", "Changement", "Cambio"),
    "Promise kept": ("Versprechen gehalten", "Promesse tenue", "Promesa cumplida"),
    "Forecast volume": ("Erwartete Menge", "Volume prévu", "Volumen previsto"),
    "Handling time": ("Bearbeitungszeit", "Temps de traitement", "Tiempo de gestión"),
    "Patience": ("Geduld", "Patience", "Paciencia"),
    "Patience with replies": (
        "Geduld mit Antworten", "Patience envers les réponses", "Paciencia con las respuestas",
    ),
    "Absence": ("Abwesenheit", "Absence", "Ausencia"),
    "Chats at once": ("Chats zugleich", "Chats à la fois", "Chats a la vez"),
    "What is assumed": ("Was angenommen ist", "Ce qui est supposé", "Lo que se supone"),
    "Queue or group": ("Queue oder Gruppe", "File ou groupe", "Cola o grupo"),
    "Assumed": ("Annahme", "Hypothèse", "Supuesto"),
    "Chats expected": ("Erwartete Chats", "Chats attendus", "Chats esperados"),
    "Patience, mean": ("Geduld, Mittel", "Patience, moyenne", "Paciencia, media"),
    "Turns of a chat, mean": (
        "Wortwechsel je Chat, Mittel", "Échanges par chat, moyenne", "Turnos por chat, media",
    ),
    "Agent's time a reply, mean": (
        "Zeit des Agenten je Antwort, Mittel",
        "Temps de l’agent par réponse, moyenne",
        "Tiempo del agente por respuesta, media",
    ),
    "Customer's time a message, mean": (
        "Zeit des Kunden je Nachricht, Mittel",
        "Temps du client par message, moyenne",
        "Tiempo del cliente por mensaje, media",
    ),
    "Work of a chat, mean": (
        "Arbeit je Chat, Mittel", "Travail par chat, moyenne", "Trabajo por chat, media",
    ),
    "Wrap-up, mean": ("Nacharbeit, Mittel", "Clôture, moyenne", "Cierre, media"),
    "Chats at once, most": (
        "Chats zugleich, höchstens", "Chats à la fois, maximum", "Chats a la vez, máximo",
    ),
    "From paid hours to hours on duty": (
        "Von bezahlten Stunden zu Stunden im Dienst", "Des heures payées aux heures de présence",
        "De las horas pagadas a las de servicio",
    ),
    "Share": ("Anteil", "Part", "Proporción"),
    "Paid": ("Bezahlt", "Payées", "Pagadas"),
    "after": ("nach", "après", "tras"),
    "On duty as planned": ("Im Dienst wie geplant", "Présence planifiée", "Servicio planificado"),
    "Cost": ("Kosten", "Coût", "Coste"),
    "Cost a month": ("Kosten im Monat", "Coût par mois", "Coste al mes"),
    "learning": ("Einarbeitung", "Apprentissage", "Aprendizaje"),
    "recruiting": ("Anwerbung", "Recrutement", "Selección"),
    "training": ("Schulung", "Formation", "Formación"),
    "supervisors": ("Teamleitung", "Encadrement", "Supervisión"),
    "seats": ("Arbeitsplätze", "Postes de travail", "Puestos"),
    "licences": ("Lizenzen", "Licences", "Licencias"),
    "fixed": ("Fixkosten", "Coûts fixes", "Costes fijos"),
    "overhead": ("Gemeinkosten", "Frais généraux", "Gastos generales"),
    "set-up": ("Einrichtung", "Mise en place", "Puesta en marcha"),
    "platform": ("Plattform", "Plateforme", "Plataforma"),
    "wages": ("Löhne", "Salaires", "Salarios"),
    "on-cost": ("Lohnnebenkosten", "Charges sociales", "Cargas sociales"),
    "total": ("Summe", "Total", "Total"),
    "shrinkage": ("Schwund", "Temps non productif", "Tiempo no productivo"),
    # Notes
    "Each change alone, on the same customers; differences are paired, replication by replication.": (
        "Jede Änderung für sich, mit denselben Kunden; Unterschiede sind gepaart, Wiederholung "
        "für Wiederholung.",
        "Chaque changement seul, avec les mêmes clients ; les différences sont appariées, "
        "répétition par répétition.",
        "Cada cambio por sí solo, con los mismos clientes; las diferencias van emparejadas, "
        "repetición a repetición.",
    ),
    "The mean over the months of the bid, by the cost in [bid], with as many chats as are expected. "
    "sim bid simulates the months, and has prices and clauses.": (
        "Das Mittel über die Monate des Angebots, nach den Kosten in [bid], mit den erwarteten Chats. "
        "sim bid simuliert die Monate und kennt Preise und Klauseln.",
        "La moyenne des mois de l’offre, d’après les coûts de [bid], avec autant de chats qu’attendu. "
        "sim bid simule les mois et connaît prix et clauses.",
        "La media de los meses de la oferta, según los costes de [bid], con tantos chats como se esperan. "
        "sim bid simula los meses y conoce precios y cláusulas.",
    ),
    # Units
    "chats": ("Chats", "chats", "chats"),
    "agents": ("Agenten", "agents", "agentes"),
    "turns": ("Wechsel", "échanges", "turnos"),
    "points": ("Punkte", "points", "puntos"),
    "h": ("h", "h", "h"),
    "s": ("s", "s", "s"),
    "%": ("%", "%", "%"),
    "–": ("–", "–", "–"),
    "in each queue's time": (
        "in der Zeit jeder Queue", "dans le délai de chaque file", "en el plazo de cada cola",
    ),
}  # fmt: skip
"""Names that tables and figures have in English, in the other languages."""
_WITHIN = re.compile(r"^(Service level)(,? in )(.+)$")


def name(language: Language, english: str) -> str | None:
    """What has an *english* name in tables, in a language; None where nobody translated it.

    >>> name(Language.GERMAN, "Service level in 30 s"), name(Language.FRENCH, "Something else")
    ('Servicelevel in 30 s', None)
    """
    if language is Language.ENGLISH:
        return english
    if english in NAMES:
        return NAMES[english][ORDER.index(language) - 1]
    found = _WITHIN.match(english)
    if found is None:
        return None
    within = name(language, "in " + found[3]) or f"{'in' if language is Language.GERMAN else 'en'} {found[3]}"
    return f"{name(language, found[1])} {within}"
