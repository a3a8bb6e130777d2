"use client";

import { createContext, useContext, useMemo, type ReactNode } from "react";
import { makeFormat, type Format } from "@/lib/format";
import type { Messages } from "./messages";

const Context = createContext<{ m: Messages; f: Format } | null>(null);

/** Gives a tree its words and the way its language writes numbers. */
export function Words({ messages, children }: { messages: Messages; children: ReactNode }) {
  const value = useMemo(() => ({ m: messages, f: makeFormat(messages.language) }), [messages]);
  return <Context value={value}>{children}</Context>;
}

export function useWords() {
  const value = useContext(Context);
  if (!value) throw new Error("useWords needs <Words> above it");
  return value;
}
