"use client";

import { useEffect, useState } from "react";

/** The id of the section that is being read: the last one whose top has passed. */
export function useSection(ids: readonly string[]): string | undefined {
  const [section, setSection] = useState(ids[0]);
  useEffect(() => {
    const look = () => {
      const line = window.innerHeight / 3;
      const atEnd =
        window.scrollY > 0 &&
        window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
      const passed = ids.filter((id) => {
        const top = document.getElementById(id)?.getBoundingClientRect().top;
        return top !== undefined && top <= line;
      });
      setSection((atEnd ? ids.at(-1) : passed.at(-1)) ?? ids[0]);
    };
    look();
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, [ids]);
  return section;
}
