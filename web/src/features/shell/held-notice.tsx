"use client";

import { OctagonAlert } from "lucide-react";
import { useWords } from "@/i18n/context";
import type { Status } from "@/lib/api/types";

const command = "leadlake sync --sweep --allow-mass-delete";

/**
 * That leads are missing from the source and still counted, and what to do
 * about it: stays until a sync has settled it.
 */
export function HeldNotice({ held }: { held: Status["held"] }) {
  const { m, f } = useWords();
  return (
    <div role="status" data-slot="held">
      {held && (
        <div className="mb-2 flex items-start gap-3 rounded-surface bg-note px-4 py-3 ring-1 ring-late">
          <OctagonAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-late" />
          <Sentences parts={m.notice.held(f.count(held.leads), held.leads)} />
        </div>
      )}
    </div>
  );
}

function Sentences({ parts: [missing, kept, check, allow] }: { parts: string[] }) {
  return (
    <div className="min-w-0 space-y-1">
      <p>
        <strong className="font-semibold">{missing}</strong> {kept}
      </p>
      <p>
        {check} {allow}
        <code className="font-mono text-12 [overflow-wrap:anywhere]">{command}</code>
      </p>
    </div>
  );
}
