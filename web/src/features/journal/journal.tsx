"use client";

import { CardBody } from "@/components/card-body";
import { TableSkeleton } from "@/components/table-skeleton";
import { Button } from "@/components/ui/button";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { useWords } from "@/i18n/context";
import { useBody } from "./use-body";
import { useOpen } from "./use-open";

/** What the last syncs did, and what feeds the columns: read only once it is opened. */
export function Journal() {
  const { m } = useWords();
  const [open, setOpen] = useOpen("journal");
  const { Body, failed, load } = useBody(open);
  return (
    <Card id="journal" aria-labelledby="journal-title" className={open ? "pb-2" : "print:hidden"}>
      <CardHeader className="pb-4 sm:pb-5">
        <CardTitle id="journal-title">{m.journal.title}</CardTitle>
        <p className="text-13 text-muted">{m.journal.about}</p>
        <Button
          size="sm"
          className="ml-auto print:hidden"
          aria-expanded={open}
          aria-controls="journal-body"
          onClick={() => setOpen(!open)}
        >
          {open ? m.journal.hide : m.journal.show}
        </Button>
      </CardHeader>
      <div id="journal-body" hidden={!open}>
        {open &&
          (Body ? (
            <Body />
          ) : (
            <CardBody
              state={failed ? "error" : "loading"}
              what={m.journal.what}
              empty={m.journal.empty}
              onRetry={load}
              skeleton={<TableSkeleton rows={6} />}
            >
              {() => null}
            </CardBody>
          ))}
      </div>
    </Card>
  );
}
