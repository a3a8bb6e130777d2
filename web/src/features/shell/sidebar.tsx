"use client";

import { BookOpen, ChartColumn, Funnel, Gauge, History, Languages, Target } from "lucide-react";
import type { ReactNode } from "react";
import { useWords } from "@/i18n/context";
import type { useSync } from "@/lib/api/queries";
import { cn } from "@/lib/cn";
import { SyncButton } from "./sync";
import { ThemeSwitch } from "./theme-switch";
import { useSection } from "./use-section";

const sections = ["overview", "activity", "objectives", "conversion", "journal"] as const;
const icons = {
  overview: Gauge,
  activity: ChartColumn,
  objectives: Target,
  conversion: Funnel,
  journal: History,
};

/**
 * Beside the page on a wide screen, icons on a narrower one. On a phone it is
 * a line above the page, and its sections a bar below.
 */
export function Sidebar({ sync }: { sync: ReturnType<typeof useSync> }) {
  const { m } = useWords();
  const current = useSection(sections);
  return (
    <aside className="z-30 flex items-center gap-2 border-line bg-ground px-4 py-2 rail:sticky rail:top-0 rail:h-dvh rail:flex-col rail:border-r rail:px-2 rail:py-4 side:items-stretch side:px-4 print:hidden">
      <a
        href={`/${m.language}/`}
        className="inline-flex min-h-9 items-center gap-2 rounded-control text-16 font-semibold tracking-tight rail:max-side:justify-center side:mb-4 side:px-2"
      >
        <Mark />
        <span className="rail:max-side:sr-only">Leadlake</span>
      </a>
      <nav
        aria-label={m.nav.label}
        className="z-30 max-rail:fixed max-rail:inset-x-0 max-rail:bottom-0 max-rail:border-t max-rail:border-line max-rail:bg-surface max-rail:pb-[env(safe-area-inset-bottom)]"
      >
        <ul className="flex rail:flex-col rail:gap-1">
          {sections.map((id) => {
            const Icon = icons[id];
            return (
              <li key={id} className="max-rail:flex-1">
                <a
                  href={`#${id}`}
                  aria-current={current === id ? "location" : undefined}
                  title={m.nav[id]}
                  className={cn(
                    entry,
                    "max-rail:h-14 max-rail:flex-col max-rail:gap-1 max-rail:px-0.5 max-rail:text-12",
                  )}
                >
                  <Icon aria-hidden />
                  <span className="rail:max-side:sr-only">{m.nav[id]}</span>
                </a>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className="flex items-center gap-2 max-rail:ml-auto rail:mt-auto rail:flex-col side:items-stretch side:gap-3">
        <SyncButton sync={sync} />
        <div className="flex items-center gap-2 rail:flex-col side:items-stretch side:gap-1">
          <Aside
            href="/docs"
            name={m.nav.docs}
            icon={<BookOpen aria-hidden />}
            className="max-rail:hidden"
          />
          <Aside
            href={`/${m.otherLanguage.language}/`}
            name={m.otherLanguage.label}
            shown={m.otherLanguage.name}
            language={m.otherLanguage.language}
            icon={<Languages aria-hidden />}
          />
        </div>
        <ThemeSwitch className="rail:max-side:flex-col" />
      </div>
    </aside>
  );
}

const entry =
  "flex min-h-9 items-center justify-center gap-3 rounded-control px-2.5 text-14 text-muted transition-colors duration-150 ease-out hover:bg-hover hover:text-ink aria-[current=location]:font-medium aria-[current=location]:text-ink rail:aria-[current=location]:bg-hover side:justify-start touch:min-h-11 [&_svg]:size-[18px] [&_svg]:shrink-0";

function Aside(props: {
  href: string;
  name: string;
  shown?: string;
  language?: string;
  icon: ReactNode;
  className?: string;
}) {
  return (
    <a
      href={props.href}
      hrefLang={props.language}
      lang={props.language}
      title={props.name}
      className={cn(entry, props.className)}
    >
      {props.icon}
      <span className="max-side:sr-only">{props.shown ?? props.name}</span>
    </a>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className="size-6 shrink-0">
      <rect width="32" height="32" rx="7" className="fill-ink" />
      <rect x="7" y="16" width="4" height="9" rx="1" fill="var(--event-contact)" />
      <rect x="14" y="11" width="4" height="14" rx="1" fill="var(--surface)" />
      <rect x="21" y="7" width="4" height="18" rx="1" fill="var(--event-proposed)" />
    </svg>
  );
}
