"use client";

import type { ReactNode } from "react";
import { useWords } from "@/i18n/context";

/** What to set, and where, to see one's own leads instead of the demo's. */
export function DemoSteps() {
  const { m } = useWords();
  const [set, and, inside, then, end] = m.notice.demoSteps;
  return (
    <>
      {set}
      <Name>NOTION_TOKEN</Name>
      {and}
      <Name>DATABASE_ID</Name>
      {inside}
      <Name>.env</Name>
      {then}
      <Name>make run</Name>
      {end}
    </>
  );
}

function Name({ children }: { children: ReactNode }) {
  return <code className="font-mono text-12 whitespace-nowrap">{children}</code>;
}
