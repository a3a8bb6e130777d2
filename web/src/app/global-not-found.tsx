import "./globals.css";
import type { Metadata } from "next";
import { Document } from "@/components/document";
import { en } from "@/i18n/en";
import { fr } from "@/i18n/fr";

export const metadata: Metadata = { title: "404 · Leadlake", robots: { index: false } };

export default function NotFound() {
  return (
    <Document language="fr">
      <main className="mx-auto max-w-xl space-y-12 px-6 py-24">
        {[fr, en].map((m) => (
          <section key={m.language} lang={m.language} className="space-y-2">
            <h1 className="text-20 font-semibold">{m.notFound.title}</h1>
            <p className="text-muted">{m.notFound.text}</p>
            <p>
              <a className="underline underline-offset-4" href={`/${m.language}/`}>
                {m.notFound.home}
              </a>
            </p>
          </section>
        ))}
      </main>
    </Document>
  );
}
