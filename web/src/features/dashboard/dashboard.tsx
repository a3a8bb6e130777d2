"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Activity } from "@/features/activity";
import { Conversion } from "@/features/conversion";
import { Figures } from "@/features/figures";
import { Headline } from "@/features/headline";
import { Journal } from "@/features/journal";
import { Objectives } from "@/features/objectives";
import { Provenance } from "@/features/provenance";
import { Masthead, Sidebar, SyncMessage } from "@/features/shell";
import { Words, useWords } from "@/i18n/context";
import type { Messages } from "@/i18n/messages";
import { useFreshness, useLiveStatus, useSync } from "@/lib/api/queries";

/** The page, in the words of one language. */
export function Dashboard({ messages }: { messages: Messages }) {
  const [client] = useState(
    () =>
      new QueryClient({
        // The version in the status says when to ask again, not the time; and
        // a server on this machine answers without a network.
        defaultOptions: {
          queries: { staleTime: Infinity, gcTime: Infinity, retry: 2, networkMode: "always" },
          mutations: { networkMode: "always" },
        },
      }),
  );
  return (
    <QueryClientProvider client={client}>
      <Words messages={messages}>
        <Page />
      </Words>
    </QueryClientProvider>
  );
}

function Page() {
  const { m } = useWords();
  const sync = useSync();
  useLiveStatus();
  useFreshness();
  return (
    <div className="mx-auto max-w-[1508px] rail:grid rail:grid-cols-[64px_minmax(0,1fr)] side:grid-cols-[220px_minmax(0,1fr)] print:block print:max-w-none">
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-ink px-3 py-2 text-surface focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {m.nav.skip}
      </a>
      <Sidebar sync={sync} />
      <main
        id="content"
        className="mx-auto w-full max-w-[1288px] space-y-6 px-4 pt-2 pb-24 rail:space-y-8 rail:px-6 rail:pt-4 rail:pb-8 side:px-6 print:max-w-none print:p-0"
      >
        <div id="overview" className="space-y-4 rail:space-y-6">
          <div className="space-y-2">
            <Masthead />
            <Headline />
          </div>
          <Figures />
        </div>
        <Activity />
        <div id="objectives" className="grid grid-cols-1 gap-6 xl:grid-cols-2">
          <Objectives grain="month" />
          <Objectives grain="week" />
        </div>
        <Conversion />
        <Journal />
        <Provenance />
      </main>
      <SyncMessage sync={sync} />
    </div>
  );
}
