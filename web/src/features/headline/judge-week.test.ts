import { describe, expect, it } from "vitest";
import { en } from "@/i18n/en";
import { fr } from "@/i18n/fr";
import type { Messages } from "@/i18n/messages";
import { decodeProgress } from "@/lib/api/decode";
import { progress } from "../../../test/fixtures";
import { dueToday, judgeWeek, paceGap } from "./judge-week";

const judge = (actuals: number[], elapsed: number) =>
  judgeWeek(decodeProgress(progress("week", actuals, elapsed)))!;

function sentence(m: Messages, actuals: number[], elapsed: number): string {
  const j = judge(actuals, elapsed);
  return `${m.headline.judgement(j)} ${m.headline.figures(j)}`.replace(/[\u00a0\u202f]/g, " ");
}

describe("the sentence", () => {
  it.each([
    [
      "on course, one behind",
      [34, 12, 11, 2],
      0.6,
      "Semaine 47 : en bonne voie. 34 contacts sur 50, 3 réponses de retard.",
      "Week 47: on course. 34 of 50 contacts, 3 replies behind.",
    ],
    [
      "two behind, contacts among them",
      [20, 18, 13, 2],
      0.8,
      "Semaine 47 : à surveiller. 20 contacts sur 50, 20 de retard ; 2 réponses de retard.",
      "Week 47: worth a look. 20 of 50 contacts, 20 behind; 2 replies behind.",
    ],
    [
      "two others behind, in order of weight",
      [40, 15, 6, 2],
      0.8,
      "Semaine 47 : à surveiller. 40 contacts sur 50, 7 appels proposés et 5 réponses de retard.",
      "Week 47: worth a look. 40 of 50 contacts, 7 calls proposed and 5 replies behind.",
    ],
    [
      "exactly on pace",
      [10, 5, 3, 0],
      0.2,
      "Semaine 47 : en bonne voie. 10 contacts sur 50, rien en retard.",
      "Week 47: on course. 10 of 50 contacts, nothing late.",
    ],
    [
      "ahead",
      [30, 20, 10, 2],
      0.6,
      "Semaine 47 : en bonne voie. 30 contacts sur 50, 1 appel booké et 5 réponses d’avance.",
      "Week 47: on course. 30 of 50 contacts, 1 call booked and 5 replies ahead.",
    ],
    [
      "only contacts ahead",
      [12, 5, 3, 0],
      0.2,
      "Semaine 47 : en bonne voie. 12 contacts sur 50, 2 d’avance.",
      "Week 47: on course. 12 of 50 contacts, 2 ahead.",
    ],
    [
      "done",
      [50, 25, 17, 3],
      1,
      "Semaine 47 : objectifs atteints. 50 contacts sur 50, rien en retard.",
      "Week 47: objectives reached. 50 of 50 contacts, nothing late.",
    ],
    [
      "late",
      [25, 13, 9, 2],
      1,
      "Semaine 47 : en retard. 25 contacts sur 50, 25 de retard ; 12 réponses de retard.",
      "Week 47: running late. 25 of 50 contacts, 25 behind; 12 replies behind.",
    ],
    [
      "nothing yet",
      [0, 0, 0, 0],
      0.2,
      "Semaine 47 : tout reste à faire. Rien n’est encore noté. Objectif : 50 contacts.",
      "Week 47: all still to do. Nothing recorded yet. Objective: 50 contacts.",
    ],
    [
      "one of a thing",
      [1, 0, 0, 0],
      1,
      "Semaine 47 : loin du rythme. 1 contact sur 50, 25 réponses et 17 appels proposés de retard.",
      "Week 47: far behind. 1 of 50 contacts, 25 replies and 17 calls proposed behind.",
    ],
  ])("%s", (_, actuals, elapsed, french, english) => {
    expect(sentence(fr, actuals, elapsed)).toBe(french);
    expect(sentence(en, actuals, elapsed)).toBe(english);
  });
});

describe("the pace", () => {
  it("counts whole things only", () => {
    expect(dueToday({ expected: 0.6 })).toBe(0);
    expect(dueToday({ expected: 17 * (1 / 17) })).toBe(1);
    expect(dueToday({ expected: 25 * 0.6 })).toBe(15); // 15.000000000000002 or 14.999…
    expect(paceGap({ actual: 12, expected: 15 })).toBe(-3);
  });

  it("is not judged where there is no objective", () => {
    const none = decodeProgress(progress("week", [1, 1, 1, 1], 0.5));
    expect(judgeWeek({ ...none, rows: [] })).toBeNull();
    expect(judgeWeek({ ...none, rows: none.rows.map((r) => ({ ...r, target: 0 })) })).toBeNull();
  });
});
