"""What does a document say, in each language? All its sentences in one table.

``{n}`` stands for a value. What a study says of itself is in English, and is labelled so.
"""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """Languages of documents."""

    ENGLISH = "en"
    GERMAN = "de"
    FRENCH = "fr"
    SPANISH = "es"


ORDER = tuple(Language)

TEXTS: dict[str, tuple[str, str, str, str]] = {
    "report": ("Report", "Bericht", "Rapport", "Informe"),
    "page": ("Page {n} of {of}", "Seite {n} von {of}", "Page {n} sur {of}", "Página {n} de {of}"),
    "answer": ("The answer", "Die Antwort", "La réponse", "La respuesta"),
    "day": ("The day", "Der Tag", "La journée", "El día"),
    "days": ("The days", "Die Tage", "Les jours", "Los días"),
    "pictures": ("Pictures", "Bilder", "Images", "Imágenes"),
    "tables": ("Tables", "Tabellen", "Tableaux", "Tablas"),
    "last": (
        "Definitions and assumptions",
        "Definitionen und Annahmen",
        "Définitions et hypothèses",
        "Definiciones y supuestos",
    ),
    # The questions
    "q_promise": (
        "Is the promise kept?",
        "Wird das Versprechen gehalten?",
        "La promesse est-elle tenue ?",
        "¿Se cumple la promesa?",
    ),
    "q_sure": ("How sure is that?", "Wie sicher ist das?", "Est-ce certain ?", "¿Qué tan seguro es?"),
    "q_cost": ("What does it cost?", "Was kostet es?", "Combien cela coûte-t-il ?", "¿Cuánto cuesta?"),
    "q_binds": (
        "What binds?",
        "Was ist der Engpass?",
        "Quelle est la contrainte ?",
        "¿Qué es lo que limita?",
    ),
    "q_fewer": (
        "What does one agent fewer do?",
        "Was macht ein Agent weniger aus?",
        "Que change un agent de moins ?",
        "¿Qué cambia con un agente menos?",
    ),
    "q_change": (
        "What would change it?",
        "Was würde daran etwas ändern?",
        "Qu’est-ce qui y changerait quelque chose ?",
        "¿Qué lo cambiaría?",
    ),
    # The answers
    "yes": (
        "Yes. Targets met: {met} of {all}.",
        "Ja. Erreichte Ziele: {met} von {all}.",
        "Oui. Objectifs atteints : {met} sur {all}.",
        "Sí. Objetivos cumplidos: {met} de {all}.",
    ),
    "no": (
        "No. Targets missed: {missed} of {all}.",
        "Nein. Verfehlte Ziele: {missed} von {all}.",
        "Non. Objectifs manqués : {missed} sur {all}.",
        "No. Objetivos incumplidos: {missed} de {all}.",
    ),
    "no_promise": (
        "No target is judged here, so there is no promise to keep or to break.",
        "Hier wird kein Ziel beurteilt; es gibt also kein Versprechen, das gehalten oder gebrochen wird.",
        "Aucun objectif n’est jugé ici ; il n’y a donc pas de promesse à tenir ou à rompre.",
        "Aquí no se juzga ningún objetivo; no hay, pues, promesa que cumplir o incumplir.",
    ),
    "unmeasured": (
        "Not measured: {n}.",
        "Nicht messbar: {n}.",
        "Non mesurés : {n}.",
        "No medidos: {n}.",
    ),
    "missed": (
        "{figure} is {value}, asked for is {bound}.",
        "{figure}: {value}, verlangt ist {bound}.",
        "{figure} : {value}, demandé : {bound}.",
        "{figure}: {value}, se pide {bound}.",
    ),
    "sure": (
        "Sure: every 95 % interval lies on one side of its target.",
        "Sicher: Jedes 95-%-Intervall liegt auf einer Seite seines Ziels.",
        "Certain : chaque intervalle à 95 % est d’un seul côté de son objectif.",
        "Seguro: cada intervalo del 95 % queda a un lado de su objetivo.",
    ),
    "unsure": (
        "Not for sure: {list}.",
        "Nicht sicher: {list}.",
        "Pas certain : {list}.",
        "No es seguro: {list}.",
    ),
    "between": (
        "{figure}, 95 % interval {low} … {high}",
        "{figure}, 95-%-Intervall {low} … {high}",
        "{figure}, intervalle à 95 % {low} … {high}",
        "{figure}, intervalo del 95 % {low} … {high}",
    ),
    "no_interval": (
        "{figure}, without an interval",
        "{figure}, ohne Intervall",
        "{figure}, sans intervalle",
        "{figure}, sin intervalo",
    ),
    "basis": (
        "Replications: {n}, of {days} each. Random seed: {seed}.",
        "Wiederholungen: {n}, je {days}. Startwert des Zufalls: {seed}.",
        "Répétitions : {n}, de {days} chacune. Graine aléatoire : {seed}.",
        "Repeticiones: {n}, de {days} cada una. Semilla aleatoria: {seed}.",
    ),
    "n_days": ("{n} day|{n} days", "{n} Tag|{n} Tage", "{n} jour|{n} jours", "{n} día|{n} días"),
    "not_judged_sure": (
        "No target is judged; intervals of the figures stand in the tables.",
        "Kein Ziel wird beurteilt; Intervalle der Kennzahlen stehen in den Tabellen.",
        "Aucun objectif n’est jugé ; les intervalles des chiffres figurent dans les tableaux.",
        "No se juzga ningún objetivo; los intervalos de las cifras están en las tablas.",
    ),
    "cost": (
        "{amount} a month, the mean of {n} months.",
        "{amount} im Monat, das Mittel von {n} Monaten.",
        "{amount} par mois, en moyenne sur {n} mois.",
        "{amount} al mes, la media de {n} meses.",
    ),
    "cost_chat": (
        "That is {amount} a chat expected.",
        "Das sind {amount} je erwartetem Chat.",
        "Soit {amount} par chat attendu.",
        "Es decir, {amount} por chat esperado.",
    ),
    "hours": (
        "{hours} h on duty over {days}, overrun included; {paid} h are paid.",
        "{hours} Stunden im Dienst samt Überzeit ({days}); bezahlt werden {paid} Stunden.",
        "{hours} h de présence, dépassements compris ({days}) ; {paid} h sont payées.",
        "{hours} h de servicio, con prolongaciones ({days}); se pagan {paid} h.",
    ),
    "hours_alone": (
        "{hours} h on duty over {days}.",
        "{hours} Stunden im Dienst ({days}).",
        "{hours} h de présence ({days}).",
        "{hours} h de servicio ({days}).",
    ),
    "no_cost": (
        "No cost is given.",
        "Kosten sind nicht angegeben.",
        "Aucun coût n’est indiqué.",
        "No se indica ningún coste.",
    ),
    "own_cost": (
        "What it costs, the study's own sentences and tables say, as far as it was asked.",
        "Was es kostet, sagen Sätze und Tabellen der Studie selbst, soweit danach gefragt war.",
        "Ce que cela coûte, les phrases et tableaux de l’étude le disent, si on l’a demandé.",
        "Lo que cuesta lo dicen las frases y tablas del propio estudio, si se le preguntó.",
    ),
    "binds": (
        "{figure}: {value} against {bound}.",
        "{figure}: {value} gegenüber {bound}.",
        "{figure} : {value} pour {bound}.",
        "{figure}: {value} frente a {bound}.",
    ),
    "worst": (
        "It is worst at {time}: {value}.",
        "Am schlechtesten um {time}: {value}.",
        "Le pire moment : {time}, {value}.",
        "El peor momento: {time}, {value}.",
    ),
    "nothing_binds": (
        "Nothing is judged here, so nothing is known to bind.",
        "Hier wird nichts beurteilt; von einem Engpass ist nichts bekannt.",
        "Rien n’est jugé ici ; aucune contrainte n’est connue.",
        "Aquí no se juzga nada; no se sabe qué limita.",
    ),
    "fewer": (
        "{group}: {figure} becomes {value} instead of {now}.",
        "{group}: {figure} wird {value} statt {now}.",
        "{group} : {figure} passe à {value} au lieu de {now}.",
        "{group}: {figure} pasa a {value} en lugar de {now}.",
    ),
    "then_kept": (
        "The promise is still kept.",
        "Das Versprechen wird weiterhin gehalten.",
        "La promesse est encore tenue.",
        "La promesa se sigue cumpliendo.",
    ),
    "then_missed": (
        "Then missed: {list}.",
        "Dann verfehlt: {list}.",
        "Alors manqué : {list}.",
        "Entonces incumplido: {list}.",
    ),
    "then_saved": (
        "It saves {amount} a month.",
        "Das spart {amount} im Monat.",
        "Cela économise {amount} par mois.",
        "Se ahorran {amount} al mes.",
    ),
    "fewer_intervals": (
        "In {n} of {all} intervals one agent fewer breaks the promise.",
        "In {n} von {all} Intervallen bricht ein Agent weniger das Versprechen.",
        "Dans {n} des {all} intervalles, un agent de moins rompt la promesse.",
        "En {n} de {all} intervalos, un agente menos rompe la promesa.",
    ),
    "not_simulated": (
        "Not simulated in this result; a report of the scenario itself has it.",
        "In diesem Ergebnis nicht simuliert; ein Bericht aus dem Szenario selbst hat es.",
        "Non simulé dans ce résultat ; un rapport du scénario lui-même le donne.",
        "No se simuló en este resultado; un informe del propio escenario lo da.",
    ),
    "would_break": (
        "Each alone would break it: {list}.",
        "Jedes für sich würde es brechen: {list}.",
        "Chacun seul la romprait : {list}.",
        "Cada uno por sí solo la rompería: {list}.",
    ),
    "would_keep": (
        "Each alone would keep it: {list}.",
        "Jedes für sich würde es halten: {list}.",
        "Chacun seul la tiendrait : {list}.",
        "Cada uno por sí solo la cumpliría: {list}.",
    ),
    "none_changes": (
        "None of the changes tried, each alone, changes whether the promise is kept.",
        "Keine der versuchten Änderungen ändert für sich allein, ob das Versprechen gehalten wird.",
        "Aucun des changements essayés, seul, ne change le fait que la promesse soit tenue ou non.",
        "Ninguno de los cambios probados, por sí solo, cambia si se cumple la promesa.",
    ),
    "moves": (
        "{what} {label} moves it most: {figure} becomes {value}.",
        "{what} {label} bewegt es am meisten: {figure} wird {value}.",
        "{what} {label} pèse le plus : {figure} passe à {value}.",
        "{what} {label} es lo que más pesa: {figure} pasa a {value}.",
    ),
    "agents_of": ("Agents, {group}", "Agenten, {group}", "Agents, {group}", "Agentes, {group}"),
    # Tables and pictures
    "met": ("met", "erreicht", "atteint", "cumplido"),
    "not_met": ("missed", "verfehlt", "manqué", "incumplido"),
    "not_sure": ("{said}, not for sure", "{said}, nicht sicher", "{said}, pas certain", "{said}, no seguro"),
    "unknown": ("not judged", "nicht beurteilt", "non jugé", "no juzgado"),
    "in_english": (
        "In English, as the study says it:",
        "Auf Englisch, wie die Studie es sagt:",
        "En anglais, tel que l’étude le dit :",
        "En inglés, tal como lo dice el estudio:",
    ),
    "picture_english": (
        "The picture is labelled in English.",
        "Das Bild ist englisch beschriftet.",
        "L’image est légendée en anglais.",
        "La imagen está rotulada en inglés.",
    ),
    "day_picture": (
        "Chats offered, {figure} and agents on duty, by the time of day",
        "Angebotene Chats, {figure} und Agenten im Dienst im Tagesverlauf",
        "Chats présentés, {figure} et agents présents au fil de la journée",
        "Chats ofrecidos, {figure} y agentes de servicio a lo largo del día",
    ),
    "change_picture": (
        "{figure} with each change alone",
        "{figure} bei jeder Änderung für sich",
        "{figure} avec chaque changement seul",
        "{figure} con cada cambio por sí solo",
    ),
    "as_it_is": ("as it is", "wie es ist", "tel quel", "tal como está"),
    "target": ("target", "Ziel", "objectif", "objetivo"),
    "mean": ("mean", "Mittel", "moyenne", "media"),
    "eight_in_ten": (
        "8 days in 10",
        "8 von 10 Tagen",
        "8 jours sur 10",
        "8 días de cada 10",
    ),
    "eight_runs_in_ten": (
        "8 replications in 10",
        "8 von 10 Wiederholungen",
        "8 répétitions sur 10",
        "8 repeticiones de cada 10",
    ),
    "time_of_day": ("time of day", "Uhrzeit", "heure", "hora"),
    "left_out": (
        "Left out for their size: {list}. The workbook and the folder of results have all.",
        "Wegen ihrer Größe weggelassen: {list}. Die Arbeitsmappe und der Ergebnisordner enthalten alles.",
        "Omis à cause de leur taille : {list}. Le classeur et le dossier des résultats contiennent tout.",
        "Omitidos por su tamaño: {list}. El libro y la carpeta de resultados lo contienen todo.",
    ),
    "interrupted": (
        "Interrupted: only a part was simulated.",
        "Unterbrochen: Nur ein Teil wurde simuliert.",
        "Interrompu : seule une partie a été simulée.",
        "Interrumpido: solo se simuló una parte.",
    ),
    "assumed": (
        "These numbers come from the scenario. As long as nobody measured them, they are assumptions, "
        "and the answer is as good as they are.",
        "Diese Zahlen stammen aus dem Szenario. Solange niemand sie gemessen hat, sind es Annahmen, und die "
        "Antwort ist so gut wie sie.",
        "Ces nombres viennent du scénario. Tant que personne ne les a mesurés, ce sont des hypothèses, et la "
        "réponse vaut ce qu’elles valent.",
        "Estos números proceden del escenario. Mientras nadie los haya medido son supuestos, y la respuesta "
        "vale lo que valgan ellos.",
    ),
    "interval_means": (
        "95 % interval: in 95 of 100 such reports it holds the figure that endlessly many replications "
        "would give.",
        "95-%-Intervall: In 95 von 100 solchen Berichten enthält es die Kennzahl, die unendlich viele "
        "Wiederholungen ergäben.",
        "Intervalle à 95 % : dans 95 rapports semblables sur 100, il contient le chiffre que donnerait une "
        "infinité de répétitions.",
        "Intervalo del 95 %: en 95 de cada 100 informes así contiene la cifra que darían infinitas "
        "repeticiones.",
    ),
    "made_by": (
        "Made with livechat-sim {version}; study: {study}.",
        "Erstellt mit livechat-sim {version}; Studie: {study}.",
        "Produit avec livechat-sim {version} ; étude : {study}.",
        "Hecho con livechat-sim {version}; estudio: {study}.",
    ),
    "seed": ("Random seed", "Startwert des Zufalls", "Graine aléatoire", "Semilla aleatoria"),
    "same_again": (
        "The same scenario, seed and version give the same report.",
        "Dasselbe Szenario, derselbe Startwert und dieselbe Version ergeben denselben Bericht.",
        "Le même scénario, la même graine et la même version donnent le même rapport.",
        "El mismo escenario, la misma semilla y la misma versión dan el mismo informe.",
    ),
    "definitions": ("Definitions", "Definitionen", "Définitions", "Definiciones"),
}


def say(language: Language, key: str, **values: object) -> str:
    """A text of the table, with its values; of two forms that for one where *n* is 1."""
    text = TEXTS[key][ORDER.index(language)]
    if "|" in text:
        one, many = text.split("|")
        text = one if values.get("n") in {1, "1"} else many
    return text.format(**values)
