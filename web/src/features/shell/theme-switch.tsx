"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { Segmented } from "@/components/ui/segmented";
import { useWords } from "@/i18n/context";
import { themeKey } from "./theme-script";

type Theme = "light" | "dark" | "system";

const darkDevice = "(prefers-color-scheme: dark)";
const changed = "leadlake-theme-changed";

function chosen(): Theme {
  try {
    const stored = localStorage.getItem(themeKey);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system"; // storage is switched off: the device decides
  }
}

function apply(theme: Theme) {
  const dark = theme === "dark" || (theme === "system" && matchMedia(darkDevice).matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

function choose(theme: Theme) {
  try {
    if (theme === "system") localStorage.removeItem(themeKey);
    else localStorage.setItem(themeKey, theme);
  } catch {
    // the choice then lasts as long as the page
  }
  apply(theme);
  window.dispatchEvent(new Event(changed));
}

function subscribe(notify: () => void) {
  window.addEventListener(changed, notify);
  window.addEventListener("storage", notify);
  return () => {
    window.removeEventListener(changed, notify);
    window.removeEventListener("storage", notify);
  };
}

export function ThemeSwitch({ className }: { className?: string }) {
  const { m } = useWords();
  const theme = useSyncExternalStore<Theme>(subscribe, chosen, () => "system");

  useEffect(() => {
    apply(theme);
    const device = matchMedia(darkDevice);
    const follow = () => apply(theme);
    device.addEventListener("change", follow);
    return () => device.removeEventListener("change", follow);
  }, [theme]);

  return (
    <Segmented
      label={m.theme.label}
      className={className}
      value={theme}
      onChange={choose}
      options={[
        { value: "light", label: <Sun aria-hidden />, name: m.theme.light },
        { value: "dark", label: <Moon aria-hidden />, name: m.theme.dark },
        { value: "system", label: <Monitor aria-hidden />, name: m.theme.system },
      ]}
    />
  );
}
