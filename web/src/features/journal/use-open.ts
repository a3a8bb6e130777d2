"use client";

import { useEffect, useState } from "react";

/** Open or not; a link to the section opens it. */
export function useOpen(id: string): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const look = () => location.hash === `#${id}` && setOpen(true);
    const follow = (event: MouseEvent) => {
      const link = event.target instanceof Element && event.target.closest(`a[href="#${id}"]`);
      if (link) setOpen(true); // the address may name it already
    };
    look();
    window.addEventListener("hashchange", look);
    document.addEventListener("click", follow);
    return () => {
      window.removeEventListener("hashchange", look);
      document.removeEventListener("click", follow);
    };
  }, [id]);
  return [open, setOpen];
}
