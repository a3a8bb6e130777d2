import "../globals.css";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { Document } from "@/components/document";
import { en } from "@/i18n/en";
import { preloads } from "@/lib/api/paths";

export const metadata: Metadata = {
  title: en.meta.title,
  description: en.meta.description,
  referrer: "no-referrer",
  robots: { index: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f7f7f5" },
    { media: "(prefers-color-scheme: dark)", color: "#101216" },
  ],
};

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <Document language="en" preloads={preloads}>
      {children}
    </Document>
  );
}
