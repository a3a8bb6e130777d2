import { GeistSans } from "geist/font/sans";
import type { ReactNode } from "react";
import { themeScript } from "@/features/shell/theme-script";
import type { Language } from "@/lib/format";

/** The html of every page. The script sets the theme before anything is painted. */
export function Document(props: {
  language: Language;
  preloads?: readonly string[];
  children: ReactNode;
}) {
  return (
    <html lang={props.language} className={GeistSans.variable} suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: themeScript }} />
        {props.preloads?.map((href) => (
          <link key={href} rel="preload" as="fetch" href={href} crossOrigin="anonymous" />
        ))}
      </head>
      <body>{props.children}</body>
    </html>
  );
}
