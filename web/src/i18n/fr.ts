import { makeFormat } from "@/lib/format";
import type { Messages } from "./messages";

const f = makeFormat("fr");

const event: Messages["event"] = {
  date_prise_contact: {
    title: "Contacts",
    one: "contact",
    other: "contacts",
    definition: "Premier message envoyé à un lead, compté le jour de la prise de contact.",
  },
  date_reponse_prospect: {
    title: "Réponses",
    one: "réponse",
    other: "réponses",
    definition: "Un prospect a répondu, compté le jour de sa réponse.",
  },
  date_appel_propose: {
    title: "Appels proposés",
    one: "appel proposé",
    other: "appels proposés",
    definition: "Un appel a été proposé au prospect, compté le jour de la proposition.",
  },
  date_appel_booke: {
    title: "Appels bookés",
    one: "appel booké",
    other: "appels bookés",
    definition: "Un rendez-vous téléphonique est pris, compté le jour où il a été fixé.",
  },
  date_relance: {
    title: "Relances",
    one: "relance",
    other: "relances",
    definition:
      "Un message de relance est parti. C’est une activité, pas une étape de l’entonnoir.",
  },
};

const counted = (id: keyof typeof event, n: number) =>
  `${f.count(n)} ${f.plural(n, event[id].one, event[id].other)}`;

export const fr: Messages = {
  language: "fr",
  otherLanguage: { language: "en", name: "English", label: "Read in English" },
  meta: {
    title: "Leadlake · Tableau de prospection",
    description:
      "Votre prospection par semaine et par mois\u00a0: activité, objectifs, conversion.",
  },
  notFound: {
    title: "Cette page n’existe pas",
    text: "L’adresse est peut-être incomplète, ou la page a changé de place.",
    home: "Aller au tableau de prospection",
  },
  event,
  standing: { good: "Atteint", near: "Proche", late: "À mi-chemin", bad: "Loin" },
  ratioStanding: { good: "Atteint", near: "Proche", bad: "En dessous" },
  nav: {
    label: "Sections",
    overview: "Semaine",
    activity: "Activité",
    objectives: "Objectifs",
    conversion: "Conversion",
    journal: "Journal",
    docs: "Documentation API",
    skip: "Aller au contenu",
  },
  theme: { label: "Apparence", light: "Clair", dark: "Sombre", system: "Comme l’appareil" },
  sync: {
    start: "Synchroniser",
    running: "Synchronisation…",
    runningRows: (rows) => `${rows} leads lus`,
    failed:
      "La synchronisation n’a pas pu commencer\u00a0: Leadlake ne répond pas. Réessayez dans un instant.",
    refused: "La synchronisation n’a pas commencé. Message d’origine, en anglais\u00a0: ",
    dismiss: "Fermer ce message",
  },
  notice: {
    demo: "Données de démonstration\u00a0: ces leads sont inventés.",
    demoHow: "Voir vos données",
    demoSteps: ["Renseignez ", " et ", " dans ", ", puis relancez ", "."],
    offline: (age) =>
      `Leadlake ne répond plus. Les chiffres affichés datent d’${age}\u00a0; nouvel essai toutes les 5\u00a0s.`,
    offlineNoData: "Leadlake ne répond pas. Nouvel essai toutes les 5\u00a0s.",
    syncFailed: "La dernière synchronisation a échoué.",
    safe: (age) => `Les chiffres affichés sont sûrs et datent d’${age}.`,
    aging: (age) => `Chiffres d’${age}\u00a0: aucune synchronisation n’a réussi depuis.`,
    old: (age) =>
      `Attention, chiffres anciens\u00a0: la dernière synchronisation réussie date d’${age}.`,
    age: (age) => `chiffres d’${age}`,
    fresh: "chiffres de moins d’une minute",
    held: (count, n) => [
      `${count} ${f.plural(n, "lead ne figure plus", "leads ne figurent plus")} dans la base Notion.`,
      "C’est beaucoup d’un coup\u00a0: aucun n’a été marqué comme parti, et les chiffres les comptent encore.",
      "Vérifiez que l’intégration voit toujours toute la base.",
      "S’ils sont bien partis, lancez\u00a0: ",
    ],
    paused: (until) =>
      `Notion demande d’attendre jusqu’à ${until}\u00a0; la synchronisation reprendra d’elle-même.`,
    elsewhere: "Une autre instance de Leadlake synchronise ces données\u00a0; celle-ci suit.",
    running: (rows, remaining) =>
      `Synchronisation\u00a0: ${rows} leads lus, encore ${remaining} environ.`,
    details: "Détails",
  },
  card: {
    retry: "Réessayer",
    failed: (what) => `${what}\u00a0: lecture impossible`,
    safe: "Le serveur n’a pas pu répondre. Vos données ne sont pas touchées.",
    loading: "Chargement",
    emptyHint: "Rien n’a encore été lu dans Notion\u00a0: lancez une synchronisation.",
    emptySynced: "Votre base Notion est vide\u00a0: ajoutez-y un lead, il s’affichera ici.",
    emptyFailed: "La synchronisation a échoué\u00a0: la cause est en bas de la page.",
    emptyRunningTitle: "Première synchronisation en cours",
    emptyRunning: (rows) =>
      `${rows} leads lus jusqu’ici. Les chiffres s’affichent ici dès le premier lot.`,
  },
  headline: {
    loading: "Lecture des contacts, réponses et appels de la semaine, face à vos objectifs…",
    what: "Cette semaine",
    failed: "La semaine n’a pas pu être lue.",
    judgement: (j) =>
      `Semaine ${j.week}\u00a0: ` +
      {
        done: "objectifs atteints.",
        onTrack: "en bonne voie.",
        watch: "à surveiller.",
        late: "en retard.",
        far: "loin du rythme.",
        nothing: "tout reste à faire.",
      }[j.verdict],
    figures: (j) => {
      const { event: id, actual, target } = j.first;
      if (j.verdict === "nothing")
        return `Rien n’est encore noté. Objectif\u00a0: ${counted(id, target)}.`;
      const what = { behind: "de retard", ahead: "d’avance", even: "" }[j.side];
      const start = `${counted(id, actual)} sur ${f.count(target)}`;
      const own = j.firstGap > 0 ? `, ${f.count(j.firstGap)} ${what}` : "";
      const others = f.list(j.gaps.map((gap) => counted(gap.event, gap.n)));
      if (others === "" && own === "") return `${start}, rien en retard.`;
      if (others === "") return `${start}${own}.`;
      return own === ""
        ? `${start}, ${others} ${what}.`
        : `${start}${own}\u00a0; ${others} ${what}.`;
    },
    empty: "Aucun lead pour l’instant.",
  },
  figures: {
    title: "Cette semaine",
    of: (target) => `sur ${target}`,
    reached: "objectif atteint",
    ahead: (n) => `${n} d’avance`,
    behind: (n) => `${n} de retard`,
    onPace: "dans le rythme",
    bar: (percent, expected) => `${percent} de l’objectif\u00a0; ${expected} attendus aujourd’hui`,
    lastWeek: (n) => `sem. préc. ${n}`,
    empty: "Ici\u00a0: les quatre chiffres de la semaine.",
  },
  activity: {
    title: "Activité par semaine",
    what: "L’activité par semaine",
    range: "Période",
    weeks: (n) => `${n} semaines`,
    shortWeeks: (n) => `${n}\u00a0sem.`,
    all: "Tout",
    allLong: "Toutes les semaines",
    week: (n) => `S${n}`,
    openWeek: "semaine en cours",
    only: (name) => `N’afficher que\u00a0: ${name}`,
    everything: "Tout afficher",
    showTable: "Tableau",
    tableKey: "touche T",
    chartLabel: (first, last) =>
      `Graphique en barres, de ${first} à ${last}. Touche T : les mêmes chiffres en tableau.`,
    tableCaption: "Événements par semaine, la plus récente d’abord",
    columnWeek: "Semaine",
    empty: "Ici\u00a0: les barres de vos cinq événements, semaine après semaine.",
  },
  objectives: {
    month: "Objectifs du mois",
    week: "Objectifs de la semaine",
    columns: {
      event: "Étape",
      actual: "Réalisé",
      target: "Objectif",
      attainment: "Part",
      gap: "Écart",
      forecast: "À ce rythme",
      standing: "État",
    },
    explain: {
      attainment: "Part de l’objectif déjà réalisée.",
      gap: "Réalisé moins attendu à ce jour\u00a0: l’objectif, au prorata des jours ouvrés entamés.",
      forecast: "Où vous finirez si les jours restants ressemblent aux jours passés.",
      standing:
        "Selon la part de l’objectif\u00a0: atteint dès 100\u00a0%, proche dès 75\u00a0%, à mi-chemin dès 50\u00a0%, loin en dessous.",
    },
    noForecast: "Trop tôt pour le dire.",
    empty: "Ici\u00a0: réalisé, objectif et rythme pour chaque étape.",
  },
  conversion: {
    title: "Taux de conversion",
    what: "Les taux de conversion",
    range: (from, to) => `du ${from} au ${to}`,
    columns: {
      step: "Passage",
      from: "Départ",
      to: "Arrivée",
      ratio: "Taux",
      target: "Objectif",
      gap: "Écart",
      standing: "État",
    },
    explain: {
      ratio: "Arrivées divisées par départs, chacun compté à sa date pendant la période.",
      gap: "Taux moins objectif, en points.",
      standing:
        "Selon l’écart à l’objectif\u00a0: atteint dès 0 point, proche jusqu’à 10 points au-dessous, puis en dessous.",
    },
    aim: (target) => `objectif ${target}`,
    none: "—",
    noneWhy: (name) => `Pas de taux\u00a0: aucun départ (${name}) sur la période.`,
    empty: "Ici\u00a0: la part des leads qui passent d’une étape à la suivante.",
  },
  journal: {
    title: "Journal des synchronisations",
    about: "Les vingt dernières, et les colonnes que vos propriétés alimentent.",
    what: "Le journal des synchronisations",
    empty: "Ici\u00a0: chaque synchronisation, avec ce qu’elle a lu et changé.",
    show: "Ouvrir le journal",
    hide: "Fermer le journal",
    columns: {
      when: "Début",
      mode: "Étendue",
      seen: "Lus",
      inserted: "Ajoutés",
      updated: "Modifiés",
      gone: "Partis",
      held: "Retenus",
      duration: "Durée",
    },
    modes: {
      full: "complète",
      incremental: "nouveautés",
      sweep: "disparitions",
      verify: "contrôle",
      named: "leads signalés",
    },
    failure: "échec",
    warnings: (count, n) => `${count} ${f.plural(n, "avertissement", "avertissements")}`,
    goneAway: (count, n) => `${count} ${f.plural(n, "parti", "partis")}`,
    heldBack: (count, n) => `${count} ${f.plural(n, "retenu", "retenus")}`,
    details: (moment) => `Détails de la synchronisation du ${moment}`,
    failedWhy: "Cette synchronisation a échoué. Message d’origine, en anglais\u00a0:",
    heldWhy: (count, n) =>
      f.plural(
        n,
        `${count} lead manquait\u00a0; il n’a pas été marqué comme parti.`,
        `${count} leads manquaient\u00a0; aucun n’a été marqué comme parti.`,
      ),
    balance: (active, archived, table) =>
      `Notion\u00a0: ${active} actives, ${archived} archivées\u00a0; table\u00a0: ${table}.`,
    even: "Les comptes sont égaux.",
    off: (difference) => `Écart de la table\u00a0: ${difference}.`,
    times: (n) => `${n}\u00a0fois`,
    examples: "Par exemple",
    effort: (count, n, retries, waited) =>
      `${count} ${f.plural(n, "requête", "requêtes")}` +
      (retries ? `, dont ${retries} refaites` : "") +
      (waited ? `, ${waited} d’attente demandée par Notion` : "") +
      ".",
    failedRequests: "Requêtes en échec, à citer au support de Notion\u00a0:",
    schema: {
      title: "Propriétés et colonnes",
      empty: "Ici\u00a0: chaque propriété de votre base, et la colonne qu’elle alimente.",
      columns: { property: "Propriété", column: "Colonne", kind: "Type dans Notion" },
      removed: (moment) => `absente de Notion depuis le ${moment}`,
      changes: "Derniers changements",
      noChanges: "Aucun changement depuis la première lecture.",
      change: {
        added: (property) => `«\u00a0${property}\u00a0» a été ajoutée.`,
        renamed: (_, was, is) => `«\u00a0${was}\u00a0» s’appelle maintenant «\u00a0${is}\u00a0».`,
        type_changed: (property, was, is) =>
          `«\u00a0${property}\u00a0» a changé de type\u00a0: ${was}, puis ${is}.`,
        removed: (property) =>
          `«\u00a0${property}\u00a0» n’est plus visible\u00a0: supprimée, ou plus partagée.`,
        returned: (property) => `«\u00a0${property}\u00a0» est revenue.`,
        option_added: (property, _, is) =>
          `«\u00a0${property}\u00a0»\u00a0: option «\u00a0${is}\u00a0» ajoutée.`,
        option_renamed: (property, was, is) =>
          `«\u00a0${property}\u00a0»\u00a0: option «\u00a0${was}\u00a0» renommée «\u00a0${is}\u00a0».`,
        option_removed: (property, was) =>
          `«\u00a0${property}\u00a0»\u00a0: option «\u00a0${was}\u00a0» retirée.`,
      },
    },
  },
  provenance: {
    title: "Provenance des données",
    dataOf: (moment, age) => `Données du ${moment} (${age})`,
    noData: "Aucune synchronisation n’est encore terminée",
    source: (kind, name) => `${kind === "notion" ? "Notion" : kind} «\u00a0${name}\u00a0»`,
    demoSource: "Démonstration",
    leads: (count, n) => `${count} ${f.plural(n, "lead", "leads")}`,
    version: (v) => `version ${v}`,
    idle: "à jour",
    running: (rows, remaining) =>
      `synchronisation en cours\u00a0: ${rows} leads lus${remaining ? `, encore ${remaining} environ` : ""}`,
    failed: (moment) => `La synchronisation du ${moment} a échoué.`,
    stillSafe: (moment) => `Les données affichées sont sûres et datent du ${moment}.`,
    nothingYet: "Rien n’a été écrit, rien n’est perdu.",
    cause: "Message d’origine, en anglais\u00a0: ",
    elsewhere: "synchronisée par une autre instance",
    timeZone: (zone) => `Jours comptés dans le fuseau ${zone}`,
  },
};
