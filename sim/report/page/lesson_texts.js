// What do the lessons say? Lines for the room, notes for the trainer, votes, and what to take home, in each language.

/**
 * @typedef {object} LessonTexts
 * @property {string} title
 * @property {string[]} lines One a step.
 * @property {string[]} notes One a step.
 * @property {string[]} votes
 * @property {string} home The line of the debrief.
 * @property {string[]} debrief Three sentences and a question.
 */

/** @type {Record<string, LessonTexts>} */
const en = {
  power_of_one: {
    title: "The power of one",
    lines: [
      "{n} agents, and {missed} of the customers leave. Where does waiting begin?",
      "One agent stays home. What share leaves then?",
      "One agent of {usual} stays home: {before} become {missed}, {times} times as many.",
      "Why so much? Follow the navy beam.",
      "Demand is 10 % up. Find the fewest agents that keep the promise.",
    ],
    notes: [
      "Let the worst quarter of an hour run. Ask who waits longest, and what each agent does at that moment.",
      "Let everybody guess before you show. Most guess in proportion: one of {usual} fewer, so a little more is missed.",
      "Say the three numbers: the guess, before, now. All three are of the same customers.",
      "Each agent answers one message at a time. Where all beams are busy, every message waits for somebody's beam.",
      "A minute for the room. Then ask for the number, and what the last agent costs in hours.",
    ],
    votes: [],
    home: "What do we take home?",
    debrief: [
      "The last agent is worth more than the average one.",
      "With little slack, one person away changes the day for everybody.",
      "The same customers were simulated with and without the agent, so the difference is the agent.",
      "Who of us would have noticed one person away in the monthly report?",
    ],
  },
  pooling: {
    title: "One team or two",
    lines: [
      "One team of {n} for all: {missed} missed, {wait} of waiting.",
      "{n} agents of {usual} for {percent} of the customers: as much work for each. What share is missed?",
      "As much work for each, and {before} become {missed}.",
      "How many agents does the small team need to be as good as the large one?",
    ],
    notes: [
      "Ask whether a team for each language or brand would change anything if each had its share of agents.",
      "Collect guesses. Many say: nothing changes, each agent has the same work.",
      "Attention used is nearly the same: {attention_before} and {attention}. What the small team lacks is somebody who happens to be free.",
      "Move the agents until the share missed is as before; then multiply by the number of such teams.",
    ],
    votes: [],
    home: "What do we take home?",
    debrief: [
      "A large team keeps its promise with less slack than a small one.",
      "Each split by language, brand or shift costs agents.",
      "A few people with two skills give back most of it.",
      "Which of our splits do customers notice?",
    ],
  },
  chats_at_once: {
    title: "How many chats at once?",
    lines: [
      "Each agent holds up to {slots} chats. Follow one beam: who waits for whom?",
      "{slots} chats at once instead of {usual_slots}. What gets worse?",
      "Missed: {before} become {missed}. A reply: {reply_before} become {reply}.",
      "Missed falls, replies slow down. Where do you stop?",
    ],
    notes: [
      "Stop the clock where an agent has two orange bubbles. One is answered, the other waits, though both have an agent.",
      "Hands up for each. Click to count.",
      "Nobody works faster with more chats: the wait moves from the queue into the chat.",
      "Let the room choose a number and say which customers pay for it.",
    ],
    votes: ["A  the wait for an agent", "B  replies within the chat", "C  nothing"],
    home: "What do we take home?",
    debrief: [
      "One more chat at once is not one more agent.",
      "It shortens the wait for an agent and lengthens the wait within the chat.",
      "A promise needs both: one for the queue and one for the chat.",
      "Which of the two does our contract measure?",
    ],
  },
  patience: {
    title: "Patience and what is missed",
    lines: [
      "{missed} leave; those who stay wait {wait} on average.",
      "Customers are half as patient. What share leaves?",
      "{before} become {missed}. And those who stay: do they wait longer?",
      "They wait {wait} instead of {wait_before}: who leaves makes room.",
    ],
    notes: [
      "Ask what patience means here: the time after which a customer who waits gives up.",
      "Guess, then show.",
      "Hands up. Click to count.",
      "A short mean wait may mean that many left. Look at both figures, always.",
    ],
    votes: ["A  longer", "B  as long", "C  shorter"],
    home: "What do we take home?",
    debrief: [
      "Wait alone says nothing: those who left no longer wait.",
      "Less patience means more missed chats and shorter waits.",
      "A message that says how long it takes may buy patience.",
      "How long do our customers wait before they leave?",
    ],
  },
  spike: {
    title: "Spike and recovery",
    lines: [
      "A usual day: {missed} missed.",
      "A newsletter at {began} brings a tenth of the day's customers in 15 minutes. How long until nobody waits?",
      "On this day nobody waits again from {over} on: {minutes} minutes. Missed: {before} become {missed}.",
      "How many agents more would have kept the promise on such a day?",
    ],
    notes: [
      "Say that the newsletter is the only thing that will change.",
      "Hands up. Click to count.",
      "Run it. Those who come just after the newsletter wait for something they have nothing to do with.",
      "Then ask what it would cost to send the newsletter in four parts instead.",
    ],
    votes: ["A  15 minutes", "B  half an hour", "C  longer"],
    home: "What do we take home?",
    debrief: [
      "A spike lasts longer than its cause.",
      "The closer the team works to its limit, the slower it recovers.",
      "To shift demand is cheaper than to staff for it.",
      "Who tells us before the next newsletter?",
    ],
  },
  penalty: {
    title: "The penalty clause",
    lines: [
      "On average {missed} are missed; at most {promise} are promised.",
      "The clause counts each day. On how many of {days} days is it broken?",
      "On {broken} of {days} days.",
      "Now {broken} of {days} days break it. Find the agents with which none does.",
    ],
    notes: [
      "Ask whether this team may sign the clause.",
      "Hands up. Click to count.",
      "A mean hides its days. In the chart the pale band shows eight days in ten.",
      "Compare the hours: that is what the word “daily” costs in this sentence.",
    ],
    votes: ["A  on none", "B  on up to a quarter", "C  on more"],
    home: "What do we take home?",
    debrief: [
      "A promise on the mean and one on each day are two prices.",
      "The shorter the window of a clause, the more slack it needs.",
      "Ask what one word of the contract costs before signing it.",
      "Which of our clauses count by the day?",
    ],
  },
};

/** @type {Record<string, LessonTexts>} */
const de = {
  power_of_one: {
    title: "Einer weniger",
    lines: [
      "{n} Agenten, und {missed} der Kunden gehen. Wo beginnt das Warten?",
      "Ein Agent bleibt zu Hause. Welcher Anteil geht dann?",
      "Von {usual} Agenten bleibt einer zu Hause: aus {before} werden {missed}, {times}-mal so viele.",
      "Warum so viel? Folgen Sie dem blauen Strahl.",
      "Die Nachfrage steigt um 10 %. Finden Sie die wenigsten Agenten, die das Versprechen halten.",
    ],
    notes: [
      "Lassen Sie die schlimmste Viertelstunde laufen. Fragen Sie, wer am längsten wartet und was jeder Agent gerade tut.",
      "Alle schätzen, dann erst zeigen. Die meisten schätzen im Verhältnis: einer von {usual} weniger, also etwas mehr verpasst.",
      "Nennen Sie die drei Zahlen: geschätzt, vorher, jetzt. Es sind dieselben Kunden.",
      "Jeder Agent beantwortet eine Nachricht nach der anderen. Sind alle Strahlen besetzt, wartet jede Nachricht auf einen.",
      "Eine Minute für den Raum. Dann die Zahl nennen lassen, und was der letzte Agent in Stunden kostet.",
    ],
    votes: [],
    home: "Was nehmen wir mit?",
    debrief: [
      "Der letzte Agent ist mehr wert als der durchschnittliche.",
      "Mit wenig Luft verändert einer, der fehlt, den Tag für alle.",
      "Simuliert wurden dieselben Kunden mit und ohne ihn: der Unterschied ist der Agent.",
      "Wer von uns hätte einen Fehlenden im Monatsbericht bemerkt?",
    ],
  },
  pooling: {
    title: "Ein Team oder zwei",
    lines: [
      "Ein Team von {n} für alle: {missed} verpasst, {wait} Wartezeit.",
      "{n} von {usual} Agenten für {percent} der Kunden: für jeden gleich viel Arbeit. Welcher Anteil wird verpasst?",
      "Für jeden gleich viel Arbeit, und aus {before} werden {missed}.",
      "Wie viele Agenten braucht das kleine Team, um so gut zu sein wie das große?",
    ],
    notes: [
      "Fragen Sie, ob sich etwas ändert, wenn jede Sprache oder Marke ihr Team mit ihrem Anteil an Agenten hat.",
      "Schätzungen sammeln. Viele sagen: nichts ändert sich, jeder hat gleich viel zu tun.",
      "Die Aufmerksamkeit ist fast gleich genutzt: {attention_before} und {attention}. Dem kleinen Team fehlt einer, der gerade frei ist.",
      "Agenten verschieben, bis der Anteil wie vorher ist; dann mal die Zahl solcher Teams.",
    ],
    votes: [],
    home: "Was nehmen wir mit?",
    debrief: [
      "Ein großes Team hält sein Versprechen mit weniger Luft als ein kleines.",
      "Jede Trennung nach Sprache, Marke oder Schicht kostet Agenten.",
      "Wenige mit zwei Fähigkeiten holen das meiste zurück.",
      "Welche unserer Trennungen bemerken die Kunden?",
    ],
  },
  chats_at_once: {
    title: "Wie viele Chats zugleich?",
    lines: [
      "Jeder Agent hat bis zu {slots} Chats. Folgen Sie einem Strahl: wer wartet auf wen?",
      "{slots} Chats zugleich statt {usual_slots}. Was wird schlechter?",
      "Verpasst: aus {before} werden {missed}. Eine Antwort: aus {reply_before} werden {reply}.",
      "Weniger verpasst, langsamere Antworten. Wo hören Sie auf?",
    ],
    notes: [
      "Halten Sie an, wo ein Agent zwei orange Blasen hat. Eine wird beantwortet, die andere wartet, obwohl beide einen Agenten haben.",
      "Handzeichen für jedes. Klicken zählt.",
      "Niemand arbeitet mit mehr Chats schneller: das Warten zieht aus der Schlange in den Chat.",
      "Der Raum wählt eine Zahl und sagt, welche Kunden dafür bezahlen.",
    ],
    votes: ["A  das Warten auf einen Agenten", "B  die Antworten im Chat", "C  nichts"],
    home: "Was nehmen wir mit?",
    debrief: [
      "Ein Chat mehr zugleich ist kein Agent mehr.",
      "Er verkürzt das Warten auf einen Agenten und verlängert das Warten im Chat.",
      "Ein Versprechen braucht beides: eines für die Schlange, eines für den Chat.",
      "Welches von beiden misst unser Vertrag?",
    ],
  },
  patience: {
    title: "Geduld und was verpasst wird",
    lines: [
      "{missed} gehen; wer bleibt, wartet im Mittel {wait}.",
      "Die Kunden sind halb so geduldig. Welcher Anteil geht?",
      "Aus {before} werden {missed}. Und wer bleibt: wartet der länger?",
      "Gewartet wird {wait} statt {wait_before}: wer geht, macht Platz.",
    ],
    notes: [
      "Fragen Sie, was Geduld hier heißt: die Zeit, nach der ein wartender Kunde aufgibt.",
      "Schätzen, dann zeigen.",
      "Handzeichen. Klicken zählt.",
      "Eine kurze mittlere Wartezeit kann heißen, dass viele gegangen sind. Immer beide Zahlen ansehen.",
    ],
    votes: ["A  länger", "B  gleich lang", "C  kürzer"],
    home: "Was nehmen wir mit?",
    debrief: [
      "Die Wartezeit allein sagt nichts: wer gegangen ist, wartet nicht mehr.",
      "Weniger Geduld heißt mehr verpasste Chats und kürzere Wartezeiten.",
      "Wer sagt, wie lange es dauert, gewinnt vielleicht Geduld.",
      "Wie lange warten unsere Kunden, bevor sie gehen?",
    ],
  },
  spike: {
    title: "Ansturm und Erholung",
    lines: [
      "Ein gewöhnlicher Tag: {missed} verpasst.",
      "Ein Newsletter um {began} bringt ein Zehntel der Kunden des Tages in 15 Minuten. Wie lange, bis niemand wartet?",
      "An diesem Tag wartet ab {over} wieder niemand: {minutes} Minuten. Verpasst: aus {before} werden {missed}.",
      "Wie viele Agenten mehr hätten das Versprechen an so einem Tag gehalten?",
    ],
    notes: [
      "Sagen Sie, dass sich nur der Newsletter ändert.",
      "Handzeichen. Klicken zählt.",
      "Laufen lassen. Wer kurz nach dem Newsletter kommt, wartet wegen etwas, womit er nichts zu tun hat.",
      "Fragen Sie dann, was es kostet, den Newsletter in vier Teilen zu senden.",
    ],
    votes: ["A  15 Minuten", "B  eine halbe Stunde", "C  länger"],
    home: "Was nehmen wir mit?",
    debrief: [
      "Ein Ansturm dauert länger als seine Ursache.",
      "Je näher das Team an seiner Grenze arbeitet, desto langsamer erholt es sich.",
      "Nachfrage zu verschieben ist billiger, als für sie zu besetzen.",
      "Wer sagt uns vor dem nächsten Newsletter Bescheid?",
    ],
  },
  penalty: {
    title: "Die Vertragsstrafe",
    lines: [
      "Im Mittel werden {missed} verpasst; versprochen sind höchstens {promise}.",
      "Die Klausel zählt jeden Tag. An wie vielen von {days} Tagen wird sie gebrochen?",
      "An {broken} von {days} Tagen.",
      "Jetzt brechen sie {broken} von {days} Tagen. Finden Sie die Agenten, mit denen es keiner tut.",
    ],
    notes: [
      "Fragen Sie, ob dieses Team die Klausel unterschreiben darf.",
      "Handzeichen. Klicken zählt.",
      "Ein Mittel verbirgt seine Tage. Das blasse Band im Bild zeigt acht von zehn Tagen.",
      "Vergleichen Sie die Stunden: so viel kostet das Wort „täglich“ in diesem Satz.",
    ],
    votes: ["A  an keinem", "B  an bis zu einem Viertel", "C  an mehr"],
    home: "Was nehmen wir mit?",
    debrief: [
      "Ein Versprechen im Mittel und eines für jeden Tag haben zwei Preise.",
      "Je kürzer das Fenster einer Klausel, desto mehr Luft braucht sie.",
      "Vor der Unterschrift fragen, was ein Wort im Vertrag kostet.",
      "Welche unserer Klauseln zählen jeden Tag?",
    ],
  },
};

/** @type {Record<string, LessonTexts>} */
const fr = {
  power_of_one: {
    title: "Le poids d’un seul",
    lines: [
      "{n} agents, et {missed} des clients partent. Où commence l’attente ?",
      "Un agent reste chez lui. Quelle part s’en va alors ?",
      "Un agent sur {usual} reste chez lui : {before} deviennent {missed}, {times} fois autant.",
      "Pourquoi tant ? Suivez le faisceau bleu.",
      "La demande monte de 10 %. Trouvez le moins d’agents qui tienne la promesse.",
    ],
    notes: [
      "Faites tourner le pire quart d’heure. Demandez qui attend le plus, et ce que fait chaque agent à ce moment.",
      "Que chacun devine avant de montrer. La plupart devinent en proportion : un de moins sur {usual}, donc un peu plus de manqués.",
      "Dites les trois nombres : deviné, avant, maintenant. Ce sont les mêmes clients.",
      "Chaque agent répond à un message à la fois. Quand tous les faisceaux sont pris, chaque message attend le sien.",
      "Une minute pour la salle. Puis demandez le nombre, et ce que coûte le dernier agent en heures.",
    ],
    votes: [],
    home: "Que retenons-nous ?",
    debrief: [
      "Le dernier agent vaut plus que l’agent moyen.",
      "Avec peu de marge, un absent change la journée de tous.",
      "Les mêmes clients ont été simulés avec et sans lui : la différence, c’est l’agent.",
      "Qui de nous aurait vu un absent dans le rapport du mois ?",
    ],
  },
  pooling: {
    title: "Une équipe ou deux",
    lines: [
      "Une équipe de {n} pour tous : {missed} manqués, {wait} d’attente.",
      "{n} agents sur {usual} pour {percent} des clients : autant de travail pour chacun. Quelle part est manquée ?",
      "Autant de travail pour chacun, et {before} deviennent {missed}.",
      "Combien d’agents faut-il à la petite équipe pour valoir la grande ?",
    ],
    notes: [
      "Demandez si une équipe par langue ou par marque changerait quelque chose, chacune ayant sa part d’agents.",
      "Recueillez les estimations. Beaucoup disent : rien ne change, chacun a autant à faire.",
      "L’attention est presque la même : {attention_before} et {attention}. Il manque à la petite équipe quelqu’un de libre.",
      "Déplacez les agents jusqu’à la part d’avant ; puis multipliez par le nombre d’équipes.",
    ],
    votes: [],
    home: "Que retenons-nous ?",
    debrief: [
      "Une grande équipe tient sa promesse avec moins de marge qu’une petite.",
      "Chaque séparation par langue, marque ou horaire coûte des agents.",
      "Quelques personnes à deux compétences en rendent l’essentiel.",
      "Lesquelles de nos séparations les clients remarquent-ils ?",
    ],
  },
  chats_at_once: {
    title: "Combien de chats à la fois ?",
    lines: [
      "Chaque agent tient jusqu’à {slots} chats. Suivez un faisceau : qui attend qui ?",
      "{slots} chats à la fois au lieu de {usual_slots}. Qu’est-ce qui empire ?",
      "Manqués : {before} deviennent {missed}. Une réponse : {reply_before} deviennent {reply}.",
      "Moins de manqués, des réponses plus lentes. Où vous arrêtez-vous ?",
    ],
    notes: [
      "Arrêtez l’horloge où un agent a deux bulles orange. L’une reçoit sa réponse, l’autre attend, alors que les deux ont un agent.",
      "À main levée. Un clic compte une voix.",
      "Personne ne travaille plus vite avec plus de chats : l’attente passe de la file dans le chat.",
      "Que la salle choisisse un nombre et dise quels clients le paient.",
    ],
    votes: ["A  l’attente d’un agent", "B  les réponses dans le chat", "C  rien"],
    home: "Que retenons-nous ?",
    debrief: [
      "Un chat de plus à la fois n’est pas un agent de plus.",
      "Il raccourcit l’attente d’un agent et allonge l’attente dans le chat.",
      "Il faut deux promesses : une pour la file, une pour le chat.",
      "Laquelle des deux notre contrat mesure-t-il ?",
    ],
  },
  patience: {
    title: "Patience et chats manqués",
    lines: [
      "{missed} partent ; ceux qui restent attendent {wait} en moyenne.",
      "Les clients sont deux fois moins patients. Quelle part s’en va ?",
      "{before} deviennent {missed}. Et ceux qui restent : attendent-ils plus ?",
      "On attend {wait} au lieu de {wait_before} : qui part fait de la place.",
    ],
    notes: [
      "Demandez ce qu’est la patience ici : le temps après lequel un client qui attend renonce.",
      "Deviner, puis montrer.",
      "À main levée. Un clic compte une voix.",
      "Une attente moyenne courte peut dire que beaucoup sont partis. Regardez toujours les deux chiffres.",
    ],
    votes: ["A  plus longtemps", "B  autant", "C  moins longtemps"],
    home: "Que retenons-nous ?",
    debrief: [
      "L’attente seule ne dit rien : ceux qui sont partis n’attendent plus.",
      "Moins de patience, c’est plus de chats manqués et des attentes plus courtes.",
      "Dire combien de temps cela prend peut gagner de la patience.",
      "Combien de temps nos clients attendent-ils avant de partir ?",
    ],
  },
  spike: {
    title: "Pic et retour au calme",
    lines: [
      "Un jour ordinaire : {missed} manqués.",
      "Une infolettre à {began} amène un dixième des clients du jour en 15 minutes. Combien de temps avant que plus personne n’attende ?",
      "Ce jour-là, plus personne n’attend dès {over} : {minutes} minutes. Manqués : {before} deviennent {missed}.",
      "Combien d’agents de plus auraient tenu la promesse un tel jour ?",
    ],
    notes: [
      "Dites que seule l’infolettre change.",
      "À main levée. Un clic compte une voix.",
      "Lancez. Ceux qui arrivent juste après l’infolettre attendent pour une chose qui n’est pas la leur.",
      "Puis demandez ce que coûterait l’envoi en quatre fois.",
    ],
    votes: ["A  15 minutes", "B  une demi-heure", "C  plus"],
    home: "Que retenons-nous ?",
    debrief: [
      "Un pic dure plus longtemps que sa cause.",
      "Plus l’équipe est près de sa limite, plus elle met de temps à s’en remettre.",
      "Déplacer la demande coûte moins que d’y affecter du monde.",
      "Qui nous prévient avant la prochaine infolettre ?",
    ],
  },
  penalty: {
    title: "La clause de pénalité",
    lines: [
      "En moyenne {missed} sont manqués ; au plus {promise} sont promis.",
      "La clause compte chaque jour. Combien de jours sur {days} la rompent ?",
      "{broken} jours sur {days}.",
      "Maintenant {broken} jours sur {days} la rompent. Trouvez les agents avec lesquels aucun ne le fait.",
    ],
    notes: [
      "Demandez si cette équipe peut signer la clause.",
      "À main levée. Un clic compte une voix.",
      "Une moyenne cache ses jours. Dans le graphique, la bande pâle montre huit jours sur dix.",
      "Comparez les heures : c’est ce que coûte « chaque jour » dans cette phrase.",
    ],
    votes: ["A  aucun", "B  jusqu’à un quart", "C  plus"],
    home: "Que retenons-nous ?",
    debrief: [
      "Une promesse en moyenne et une pour chaque jour ont deux prix.",
      "Plus la fenêtre d’une clause est courte, plus il faut de marge.",
      "Avant de signer, demander ce que coûte un mot du contrat.",
      "Lesquelles de nos clauses comptent chaque jour ?",
    ],
  },
};

/** @type {Record<string, LessonTexts>} */
const es = {
  power_of_one: {
    title: "El peso de uno",
    lines: [
      "{n} agentes, y {missed} de los clientes se van. ¿Dónde empieza la espera?",
      "Un agente se queda en casa. ¿Qué parte se va entonces?",
      "Un agente de {usual} se queda en casa: {before} pasan a {missed}, {times} veces lo de antes.",
      "¿Por qué tanto? Siga el haz azul.",
      "La demanda sube un 10 %. Encuentre el menor número de agentes que cumple la promesa.",
    ],
    notes: [
      "Deje correr el peor cuarto de hora. Pregunte quién espera más y qué hace cada agente en ese momento.",
      "Que todos estimen antes de mostrar. La mayoría estima en proporción: uno menos de {usual}, así que algo más de perdidos.",
      "Diga los tres números: lo estimado, antes, ahora. Son los mismos clientes.",
      "Cada agente responde un mensaje cada vez. Cuando todos los haces están ocupados, cada mensaje espera el suyo.",
      "Un minuto para la sala. Luego pida el número y lo que cuesta en horas el último agente.",
    ],
    votes: [],
    home: "¿Qué nos llevamos?",
    debrief: [
      "El último agente vale más que el agente medio.",
      "Con poca holgura, uno que falta cambia el día de todos.",
      "Se simularon los mismos clientes con y sin él: la diferencia es el agente.",
      "¿Quién de nosotros habría visto una ausencia en el informe del mes?",
    ],
  },
  pooling: {
    title: "Un equipo o dos",
    lines: [
      "Un equipo de {n} para todos: {missed} perdidos, {wait} de espera.",
      "{n} agentes de {usual} para el {percent} de los clientes: el mismo trabajo para cada uno. ¿Qué parte se pierde?",
      "El mismo trabajo para cada uno, y {before} pasan a {missed}.",
      "¿Cuántos agentes necesita el equipo pequeño para ser tan bueno como el grande?",
    ],
    notes: [
      "Pregunte si cambiaría algo un equipo por idioma o marca, cada uno con su parte de agentes.",
      "Recoja estimaciones. Muchos dicen: nada cambia, cada uno tiene el mismo trabajo.",
      "La atención es casi la misma: {attention_before} y {attention}. Al equipo pequeño le falta alguien que esté libre.",
      "Mueva los agentes hasta la parte de antes; luego multiplique por el número de equipos.",
    ],
    votes: [],
    home: "¿Qué nos llevamos?",
    debrief: [
      "Un equipo grande cumple su promesa con menos holgura que uno pequeño.",
      "Cada división por idioma, marca o turno cuesta agentes.",
      "Unas pocas personas con dos habilidades devuelven la mayor parte.",
      "¿Cuáles de nuestras divisiones notan los clientes?",
    ],
  },
  chats_at_once: {
    title: "¿Cuántos chats a la vez?",
    lines: [
      "Cada agente tiene hasta {slots} chats. Siga un haz: ¿quién espera a quién?",
      "{slots} chats a la vez en vez de {usual_slots}. ¿Qué empeora?",
      "Perdidos: {before} pasan a {missed}. Una respuesta: {reply_before} pasan a {reply}.",
      "Menos perdidos, respuestas más lentas. ¿Dónde para usted?",
    ],
    notes: [
      "Pare el reloj donde un agente tenga dos burbujas naranjas. Una recibe respuesta, la otra espera, aunque las dos tienen agente.",
      "A mano alzada. Un clic cuenta un voto.",
      "Nadie trabaja más rápido con más chats: la espera pasa de la cola al chat.",
      "Que la sala elija un número y diga qué clientes lo pagan.",
    ],
    votes: ["A  la espera de un agente", "B  las respuestas en el chat", "C  nada"],
    home: "¿Qué nos llevamos?",
    debrief: [
      "Un chat más a la vez no es un agente más.",
      "Acorta la espera de un agente y alarga la espera dentro del chat.",
      "Hacen falta dos promesas: una para la cola y otra para el chat.",
      "¿Cuál de las dos mide nuestro contrato?",
    ],
  },
  patience: {
    title: "Paciencia y chats perdidos",
    lines: [
      "{missed} se van; los que se quedan esperan {wait} de media.",
      "Los clientes tienen la mitad de paciencia. ¿Qué parte se va?",
      "{before} pasan a {missed}. Y los que se quedan: ¿esperan más?",
      "Se espera {wait} en vez de {wait_before}: quien se va deja sitio.",
    ],
    notes: [
      "Pregunte qué es aquí la paciencia: el tiempo tras el cual un cliente que espera se rinde.",
      "Estimar, después mostrar.",
      "A mano alzada. Un clic cuenta un voto.",
      "Una espera media corta puede decir que muchos se fueron. Mire siempre las dos cifras.",
    ],
    votes: ["A  más", "B  lo mismo", "C  menos"],
    home: "¿Qué nos llevamos?",
    debrief: [
      "La espera sola no dice nada: quien se fue ya no espera.",
      "Menos paciencia es más chats perdidos y esperas más cortas.",
      "Decir cuánto se tarda puede ganar paciencia.",
      "¿Cuánto esperan nuestros clientes antes de irse?",
    ],
  },
  spike: {
    title: "Pico y recuperación",
    lines: [
      "Un día normal: {missed} perdidos.",
      "Un boletín a las {began} trae una décima parte de los clientes del día en 15 minutos. ¿Cuánto hasta que nadie espere?",
      "Ese día nadie espera de nuevo desde las {over}: {minutes} minutos. Perdidos: {before} pasan a {missed}.",
      "¿Cuántos agentes más habrían cumplido la promesa en un día así?",
    ],
    notes: [
      "Diga que solo cambia el boletín.",
      "A mano alzada. Un clic cuenta un voto.",
      "Déjelo correr. Quien llega justo después del boletín espera por algo que no es suyo.",
      "Luego pregunte cuánto costaría enviarlo en cuatro partes.",
    ],
    votes: ["A  15 minutos", "B  media hora", "C  más"],
    home: "¿Qué nos llevamos?",
    debrief: [
      "Un pico dura más que su causa.",
      "Cuanto más cerca de su límite trabaja el equipo, más tarda en recuperarse.",
      "Mover la demanda cuesta menos que ponerle gente.",
      "¿Quién nos avisa antes del próximo boletín?",
    ],
  },
  penalty: {
    title: "La cláusula de penalización",
    lines: [
      "De media se pierden {missed}; se promete como mucho {promise}.",
      "La cláusula cuenta cada día. ¿En cuántos de {days} días se rompe?",
      "En {broken} de {days} días.",
      "Ahora la rompen {broken} de {days} días. Encuentre los agentes con los que ninguno lo hace.",
    ],
    notes: [
      "Pregunte si este equipo puede firmar la cláusula.",
      "A mano alzada. Un clic cuenta un voto.",
      "Una media esconde sus días. En el gráfico, la banda pálida muestra ocho días de cada diez.",
      "Compare las horas: eso cuesta la palabra «diario» en esta frase.",
    ],
    votes: ["A  en ninguno", "B  hasta en un cuarto", "C  en más"],
    home: "¿Qué nos llevamos?",
    debrief: [
      "Una promesa de media y una para cada día tienen dos precios.",
      "Cuanto más corta la ventana de una cláusula, más holgura necesita.",
      "Antes de firmar, preguntar cuánto cuesta una palabra del contrato.",
      "¿Cuáles de nuestras cláusulas cuentan por día?",
    ],
  },
};

/** @type {Record<import("./texts.js").Language, Record<string, LessonTexts>>} */
export const LESSON_TEXTS = { en, de, fr, es };
