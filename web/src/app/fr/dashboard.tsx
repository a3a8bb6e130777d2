"use client";

import { Dashboard } from "@/features/dashboard";
import { fr } from "@/i18n/fr";

/** The page with its words, so that a browser fetches one language only. */
export function FrenchDashboard() {
  return <Dashboard messages={fr} />;
}
