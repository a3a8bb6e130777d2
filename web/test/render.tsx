import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { Words } from "@/i18n/context";
import { fr } from "@/i18n/fr";
import type { Messages } from "@/i18n/messages";
import { decodeConversion, decodeProgress, decodeStatus, decodeWeeks } from "@/lib/api/decode";
import type { World } from "./fixtures";

/** Renders with a cache that holds what the API would have answered. */
export function renderWith(node: ReactNode, world: World | null, messages: Messages = fr) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Infinity, gcTime: Infinity, retry: false } },
  });
  if (world) fill(client, world);
  const view = render(
    <QueryClientProvider client={client}>
      <Words messages={messages}>{node}</Words>
    </QueryClientProvider>,
  );
  return { ...view, client, fill: (next: World) => fill(client, next) };
}

function fill(client: QueryClient, world: World) {
  client.setQueryData(["status"], decodeStatus(world.status));
  client.setQueryData(["table", "weeks"], decodeWeeks(world.weeks, `"${world.week.version}-x"`));
  client.setQueryData(["table", "progress", "week"], decodeProgress(world.week));
  client.setQueryData(["table", "progress", "month"], decodeProgress(world.month));
  client.setQueryData(["table", "conversion"], decodeConversion(world.conversion));
}
