/** The five events by their id, in the order of every legend and table: the funnel, then follow-ups. */
export const events = [
  "date_prise_contact",
  "date_reponse_prospect",
  "date_appel_propose",
  "date_appel_booke",
  "date_relance",
] as const;

export type EventId = (typeof events)[number];

/** How many leads met each event in some period. */
export type Counts = Record<EventId, number>;

/** The events that form the funnel. Follow-ups are activity, not a stage. */
export const stages = events.slice(0, 4);

/** Colour belongs to the event, wherever it stands. */
export const eventColor: Record<EventId, string> = {
  date_prise_contact: "var(--event-contact)",
  date_reponse_prospect: "var(--event-reply)",
  date_appel_propose: "var(--event-proposed)",
  date_appel_booke: "var(--event-booked)",
  date_relance: "var(--event-followup)",
};

export function noCounts(): Counts {
  return {
    date_prise_contact: 0,
    date_reponse_prospect: 0,
    date_appel_propose: 0,
    date_appel_booke: 0,
    date_relance: 0,
  };
}
