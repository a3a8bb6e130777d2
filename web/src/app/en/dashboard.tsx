"use client";

import { Dashboard } from "@/features/dashboard";
import { en } from "@/i18n/en";

/** The page with its words, so that a browser fetches one language only. */
export function EnglishDashboard() {
  return <Dashboard messages={en} />;
}
